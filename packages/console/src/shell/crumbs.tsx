import type { Route } from "../model/routes.ts";
import { hrefOf } from "../model/routes.ts";
import { route } from "../state/router.ts";
import { Icon } from "../widgets/icon.tsx";
import { ENTRIES } from "./navigation.tsx";

/** For the title of the page: the instance, or the name of the screen. */
export function titleOf(shown: Route | null): string {
  if (shown === null) return "Not found";
  if (shown.screen === "first-steps") return "First steps";
  return shown.path[0] ?? nameOf(shown);
}

const nameOf = ({ screen }: Route): string =>
  ENTRIES.find((entry) => entry.screen === (screen === "instance" ? "instances" : screen))?.text ?? screen;

/** Where one is. */
export function Crumbs() {
  const shown = route.value;
  const [below] = shown?.path ?? [];
  if (shown === null || below === undefined) {
    return (
      <div class="crumbs">
        <h1>{titleOf(shown)}</h1>
      </div>
    );
  }
  return (
    <div class="crumbs">
      <a href={hrefOf(shown.screen === "instance" ? "instances" : shown.screen)}>{nameOf(shown)}</a>
      <Icon name="right" isSmall />
      {shown.screen === "instance" ? <b class="mono">{below}</b> : <h1 class="mono">{below}</h1>}
    </div>
  );
}
