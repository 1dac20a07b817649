import { hrefOf } from "../model/routes.ts";
import { route } from "../state/router.ts";
import { Notice, Page } from "../widgets/page.tsx";
import { Crumbs } from "./crumbs.tsx";
import { LazyScreen } from "./lazy-screen.tsx";
import { Navigation } from "./navigation.tsx";
import { Toasts } from "./toasts.tsx";

export function App() {
  const shown = route.value;
  return (
    <div class="shell">
      <button type="button" class="btn skip" onClick={() => document.getElementById("content")?.focus()}>
        Skip to the content
      </button>
      <aside class="side" aria-label="Main">
        <div class="brand">
          <img src="./icon.svg" alt="" />
          Perdure
        </div>
        <Navigation />
      </aside>
      <div class="main">
        <header class="top">
          <Crumbs />
        </header>
        {shown === null ? <NotFound /> : <LazyScreen route={shown} />}
      </div>
      <Toasts />
    </div>
  );
}

function NotFound() {
  return (
    <Page>
      <Notice title="There is no such screen">
        <p class="muted">
          The address names none.{" "}
          <a class="link" href={hrefOf("instances")}>
            All instances
          </a>
        </p>
      </Notice>
    </Page>
  );
}
