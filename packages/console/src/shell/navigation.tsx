import type { IconName } from "../design/icons.ts";
import type { ScreenName } from "../model/routes.ts";
import { hrefOf } from "../model/routes.ts";
import { navCounts } from "../state/nav-counts.ts";
import { route } from "../state/router.ts";
import { Icon } from "../widgets/icon.tsx";

interface Entry {
  readonly screen: ScreenName;
  readonly text: string;
  readonly icon: IconName;
}

export const ENTRIES: readonly Entry[] = [
  { screen: "instances", text: "Instances", icon: "instances" },
  { screen: "entities", text: "Entities", icon: "entity" },
  { screen: "failures", text: "Failures", icon: "warning" },
  { screen: "workers", text: "Workers", icon: "workers" },
  { screen: "functions", text: "Functions", icon: "functions" },
  { screen: "schedules", text: "Schedules", icon: "schedule" },
];

/** An instance and the first steps are below the list of instances. */
const isBelow = (screen: ScreenName | undefined, entry: ScreenName): boolean =>
  screen === entry || (entry === "instances" && (screen === "instance" || screen === "first-steps"));

export function Navigation() {
  const screen = route.value?.screen;
  return (
    <nav class="nav" aria-label="Screens">
      {ENTRIES.map((entry) => (
        <a key={entry.screen} href={hrefOf(entry.screen)} aria-current={isBelow(screen, entry.screen) ? "page" : undefined}>
          <Icon name={entry.icon} />
          {entry.text}
          <NavCount screen={entry.screen} />
        </a>
      ))}
    </nav>
  );
}

function NavCount({ screen }: { readonly screen: ScreenName }) {
  const count = navCounts.value[screen] ?? null;
  return count === null ? null : <span class={count.isBad ? "count bad" : "count"}>{count.text}</span>;
}
