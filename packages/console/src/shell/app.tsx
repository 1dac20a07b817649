import { useEffect } from "preact/hooks";
import { hrefOf } from "../model/routes.ts";
import { StartSheet } from "../screens/common/start-sheet.tsx";
import { SignInScreen } from "../screens/sign-in/sign-in-screen.tsx";
import { isReader, streamState } from "../state/hub.ts";
import { useKeys } from "../state/keys.ts";
import { route } from "../state/router.ts";
import { askSession, session } from "../state/session.ts";
import { Icon } from "../widgets/icon.tsx";
import { Notice, Page } from "../widgets/page.tsx";
import { Crumbs, titleOf } from "./crumbs.tsx";
import { DevBanner } from "./dev-banner.tsx";
import { Foot, ShellTools } from "./foot.tsx";
import { Help, isHelpOpen } from "./help.tsx";
import { HubCard } from "./hub-card.tsx";
import { LazyScreen } from "./lazy-screen.tsx";
import { Navigation } from "./navigation.tsx";
import { Search } from "./search.tsx";
import { Toasts } from "./toasts.tsx";

const AGAIN_MS = 2_000;

export function App() {
  const { kind } = session.value;
  useEffect(() => {
    if (kind === "asking") void askSession();
    if (kind !== "away") return;
    const timer = setInterval(() => void askSession(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [kind]);
  if (kind === "asking") return null;
  if (kind === "out") return <SignInScreen />;
  return kind === "away" ? <Away /> : <Shell />;
}

function Away() {
  return (
    <Page>
      <Notice title="The host does not answer">
        <p class="muted">The page asks again by itself. Is perdure still running?</p>
      </Notice>
    </Page>
  );
}

function Shell() {
  const shown = route.value;
  useKeys({
    "?": () => {
      isHelpOpen.value = true;
    },
  });
  useEffect(() => {
    document.title = `${titleOf(shown)} · Perdure`;
  }, [shown]);
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
        <HubCard />
        <Navigation />
        <Foot />
      </aside>
      <div class="main">
        <header class="top">
          <Crumbs />
          <Search />
          <ShellTools />
        </header>
        <Banners />
        <DevBanner />
        {shown === null ? <NotFound /> : <LazyScreen route={shown} />}
      </div>
      <Help />
      <StartSheet />
      <Toasts />
    </div>
  );
}

function Banners() {
  if (isReader.value)
    return (
      <p class="banner quiet">
        <Icon name="lock" isSmall />
        Signed in with a key for reading: nothing can be changed from here.
      </p>
    );
  if (streamState.value !== "closed") return null;
  return (
    <p class="banner" role="status">
      <Icon name="warning" isSmall />
      No connection to the host: what is shown may be old. The page tries again.
    </p>
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
