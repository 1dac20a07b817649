import { useRef } from "preact/hooks";
import type { Counted } from "../../model/numbers.ts";
import { countText, sumOf } from "../../model/numbers.ts";
import { hrefOf } from "../../model/routes.ts";
import type { View } from "../../model/views.ts";
import { BUILT_IN, viewOf, withView } from "../../model/views.ts";
import { countWaiting } from "../../state/doing.ts";
import { counts } from "../../state/hub.ts";
import { useLive } from "../../state/resource.ts";
import { say } from "../../state/toasts.ts";
import { ownViews } from "../../state/views.ts";
import { Icon } from "../../widgets/icon.tsx";
import { PopoverButton } from "../../widgets/popover.tsx";
import type { Tab } from "../../widgets/tabs.tsx";
import { Tabs } from "../../widgets/tabs.tsx";

/** Each look folds some histories on the host. */
const WAITING_MS = 15_000;

/** Lists that are built in, those that somebody has named, and the field that names this one. */
export function ViewTabs({ query }: { readonly query: URLSearchParams }) {
  const views = [...BUILT_IN, ...ownViews.value];
  const waiting = useLive(countWaiting, { key: "", everyMs: WAITING_MS }).state.value.value;
  return (
    <Tabs label="Views" tabs={views.map((view) => tabOf(view, waiting))} chosen={viewOf(query, views)?.name ?? null}>
      <PopoverButton
        look="save"
        label="Save this list as a view"
        text={
          <>
            <Icon name="plus" isSmall />
            Save view
          </>
        }
      >
        {(close) => <SaveView query={query} onDone={close} />}
      </PopoverButton>
    </Tabs>
  );
}

function tabOf({ name, query }: View, waiting: Counted | null): Tab {
  const all = counts.value;
  const tab = { id: name, label: name, href: hrefOf("instances", [], new URLSearchParams(query)) };
  if (all === null) return tab;
  if (name === "Open") return { ...tab, count: countText(sumOf(Object.values(all.open))) };
  if (name === "Needs attention" && all.stopped.n > 0) return { ...tab, count: countText(all.stopped), tone: "warn" };
  if (name === "Waits for a person" && waiting !== null && waiting.n > 0) return { ...tab, count: countText(waiting) };
  if (name === "Failed today") return { ...tab, count: countText(all.ended.Failed) };
  return tab;
}

function SaveView({ query, onDone }: { readonly query: URLSearchParams; readonly onDone: () => void }) {
  const name = useRef<HTMLInputElement>(null);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        const text = name.current?.value.trim() ?? "";
        if (text === "") return;
        ownViews.value = withView(ownViews.value, text, query);
        onDone();
        say(`This list is kept in this browser as ${text}. Its address is a link for others.`);
      }}
    >
      <div class="field">
        <label for="view-name">Name of the view</label>
        <input id="view-name" ref={name} class="text-input" autofocus required maxLength={60} placeholder="Orders of the EU" />
        <span class="hint">What the filters and the order are now.</span>
      </div>
      <button type="submit" class="btn primary">
        Save
      </button>
    </form>
  );
}
