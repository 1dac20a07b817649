import { useState } from "preact/hooks";
import type { BulkAction } from "../../api/wire.ts";
import { ACTION_ICONS } from "../../design/icons.ts";
import { actionName, isDanger } from "../../model/instance-actions.ts";
import { countText, grouped } from "../../model/numbers.ts";
import { askedFilter, parseView } from "../../model/view-query.ts";
import { can, storeNow } from "../../state/hub.ts";
import { useKeys } from "../../state/keys.ts";
import { Icon } from "../../widgets/icon.tsx";
import { Menu } from "../../widgets/menu.tsx";
import type { BulkTarget } from "../common/bulk-sheet.tsx";
import { BulkSheet } from "../common/bulk-sheet.tsx";

const FIRST: readonly BulkAction[] = ["raise-event", "suspend", "resume", "terminate"];
const REST: readonly BulkAction[] = ["restart", "rewind", "purge"];

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
  const isAllowed = (action: BulkAction): boolean => can("bulk") && can(action);
  const rest = REST.filter(isAllowed);
  const first = FIRST.filter(isAllowed);
  useKeys({ e: () => first.includes("raise-event") && setChosen("raise-event") });
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
        {first.map((action) => (
          <button key={action} type="button" class={isDanger(action) ? "btn s danger" : "btn s"} onClick={() => setChosen(action)}>
            <Icon name={ACTION_ICONS[action]} isSmall />
            {actionName(action)}
          </button>
        ))}
        {rest.length > 0 && (
          <Menu
            look="btn s icon-only"
            label="More actions"
            text={<Icon name="more" isSmall />}
            items={rest.map((action) => ({
              value: action,
              text: actionName(action),
              icon: ACTION_ICONS[action],
              isDanger: isDanger(action),
            }))}
            onChoose={(value) => setChosen(REST.find((action) => action === value) ?? null)}
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
