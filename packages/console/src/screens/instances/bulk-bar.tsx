import { useState } from "preact/hooks";
import type { BulkAction } from "../../api/wire.ts";
import type { IconName } from "../../design/icons.ts";
import { countText, grouped } from "../../model/numbers.ts";
import { askedFilter, parseView } from "../../model/view-query.ts";
import { can, storeNow } from "../../state/hub.ts";
import { useKeys } from "../../state/keys.ts";
import { Icon } from "../../widgets/icon.tsx";
import { Menu } from "../../widgets/menu.tsx";
import type { BulkTarget } from "../common/bulk-sheet.tsx";
import { BulkSheet } from "../common/bulk-sheet.tsx";

interface Choice {
  readonly action: BulkAction;
  readonly text: string;
  readonly icon: IconName;
  readonly isDanger?: true;
}

const FIRST: readonly Choice[] = [
  { action: "raise-event", text: "Raise event", icon: "event" },
  { action: "suspend", text: "Suspend", icon: "pause" },
  { action: "resume", text: "Resume", icon: "play" },
  { action: "terminate", text: "Terminate", icon: "stop", isDanger: true },
];

const REST: readonly Choice[] = [
  { action: "restart", text: "Restart", icon: "repeat" },
  { action: "rewind", text: "Rewind", icon: "rewind" },
  { action: "purge", text: "Purge", icon: "trash", isDanger: true },
];

/** What can be done with those that are chosen, or with all that match the filters. */
export function BulkBar({
  ids,
  query,
  onClear,
}: {
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly onClear: () => void;
}) {
  const [all, setAll] = useState(false);
  const [chosen, setChosen] = useState<BulkAction | null>(null);
  const view = parseView(query);
  const isAllowed = ({ action }: Choice): boolean => can("bulk") && can(action);
  const rest = REST.filter(isAllowed);
  const first = FIRST.filter(isAllowed);
  useKeys({ e: () => first.some(({ action }) => action === "raise-event") && setChosen("raise-event") });
  const target: BulkTarget = all ? { filter: askedFilter(view, storeNow()) } : { ids };
  return (
    <>
      <div class="bulk" role="toolbar" aria-label="What is chosen">
        <b class="num">{all ? "All that match" : `${grouped(ids.length)} selected`}</b>
        {view.waits === null && can("bulk") && (
          <button type="button" class="underlined" aria-pressed={all} onClick={() => setAll(!all)}>
            {all ? `Only the ${countText({ n: ids.length, isExact: true })} selected` : "Select all that match"}
          </button>
        )}
        <span class="sep" />
        {first.map(({ action, text, icon, isDanger }) => (
          <button key={action} type="button" class={isDanger ? "btn s danger" : "btn s"} onClick={() => setChosen(action)}>
            <Icon name={icon} isSmall />
            {text}
          </button>
        ))}
        {rest.length > 0 && (
          <Menu
            look="btn s icon-only"
            label="More actions"
            text={<Icon name="more" isSmall />}
            items={rest.map(({ action, ...item }) => ({ value: action, ...item }))}
            onChoose={(value) => setChosen(REST.find(({ action }) => action === value)?.action ?? null)}
          />
        )}
        <button type="button" class="btn s ghost icon-only" aria-label="Choose nothing" onClick={onClear}>
          <Icon name="cross" isSmall />
        </button>
      </div>
      {chosen !== null && <BulkSheet action={chosen} target={target} onClose={() => setChosen(null)} />}
    </>
  );
}
