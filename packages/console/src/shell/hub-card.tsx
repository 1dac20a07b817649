import { counted } from "../model/numbers.ts";
import { hrefOf } from "../model/routes.ts";
import { counts, hub } from "../state/hub.ts";
import { go } from "../state/router.ts";
import { canSignOut, signOut } from "../state/session.ts";
import { sayProblem } from "../state/toasts.ts";
import { Icon } from "../widgets/icon.tsx";
import type { MenuItem } from "../widgets/menu.tsx";
import { Menu } from "../widgets/menu.tsx";

const STORES = { memory: "In memory", sqlite: "SQLite", postgres: "PostgreSQL", other: "Another store" } as const;

/** The folder is in the title. */
const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/** Which hub this is: its store, and with more than one worker how many there are. */
export function HubCard() {
  const info = hub.value;
  if (info === null) return null;
  const workers = counts.value?.workers ?? 0;
  const { kind, where } = info.store;
  const detail = workers > 1 || where === null || kind !== "sqlite" ? counted(workers, "worker") : fileName(where);
  const items: MenuItem[] = [{ value: "steps", text: "First steps", icon: "play" }];
  if (info.paths.metrics !== null) items.push({ value: "metrics", text: "Metrics", icon: "globe" });
  if (canSignOut.value) items.push({ value: "out", text: "Sign out", icon: "lock", isFirstOfGroup: true });
  const choose = (value: string): void => {
    if (value === "out") signOut().catch(sayProblem);
    else if (value === "metrics") open(new URL(`..${info.paths.metrics}`, location.href), "_blank", "noopener");
    else go(hrefOf("first-steps"));
  };
  return (
    <div class="hub-menu">
      <Menu
        look="hub"
        items={items}
        onChoose={choose}
        text={
          <>
            <b>{info.name}</b>
            <small title={where ?? undefined}>
              {STORES[kind]} · {detail}
            </small>
            <Icon name="updown" isSmall />
          </>
        }
      />
    </div>
  );
}
