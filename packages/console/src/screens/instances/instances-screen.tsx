import { useSignal, useSignalEffect } from "@preact/signals";
import { useCallback, useEffect, useMemo, useRef } from "preact/hooks";
import { countText } from "../../model/numbers.ts";
import { instanceHref } from "../../model/routes.ts";
import type { Selection } from "../../model/selection.ts";
import { allOf, NOTHING, ranged, toggled } from "../../model/selection.ts";
import { isWhole, parseView } from "../../model/view-query.ts";
import { normalQuery } from "../../model/views.ts";
import { can, counts, tick } from "../../state/hub.ts";
import { useKeys } from "../../state/keys.ts";
import { InstanceRows } from "../../state/list.ts";
import { isNarrow } from "../../state/media.ts";
import { go } from "../../state/router.ts";
import { Icon } from "../../widgets/icon.tsx";
import { Page } from "../../widgets/page.tsx";
import { GridCell, VirtualGrid } from "../../widgets/virtual-grid.tsx";
import { isStartOpen } from "../common/start-sheet.tsx";
import { FirstSteps } from "../first-steps/first-steps.tsx";
import type { ScreenProps } from "../props.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { Counters } from "./counters.tsx";
import { FilterBar, OrderMenu } from "./filter-bar.tsx";
import { COLUMNS, InstanceCells } from "./instance-cells.tsx";
import { ListEnd } from "./list-end.tsx";
import { MoreMenu } from "./more-menu.tsx";
import { ViewTabs } from "./view-tabs.tsx";

const ROW_HEIGHT = 38;
const NARROW_ROW_HEIGHT = 62;

/** All instances, or some of them: counters and filters above a list of any length. */
export function InstancesScreen({ route: { query } }: ScreenProps) {
  const key = normalQuery(query);
  const view = useMemo(() => parseView(query), [key]);
  const rows = useRows(key, view);
  const paused = useSignal(false);
  const { order, state } = rows;
  useSignalEffect(() => {
    if (tick.value !== null && !paused.value && !document.hidden) void rows.refresh();
  });
  const all = counts.value;
  const hasNone =
    all !== null && order.value.length === 0 && state.value.isWhole && isWhole(view) && Object.values(all.ended).every(({ n }) => n === 0);
  if (hasNone) {
    return (
      <Page>
        <FirstSteps />
      </Page>
    );
  }
  return (
    <Page scrolls={false}>
      <Counters query={query} />
      <div class="list-head">
        <ViewTabs query={query} />
        {can("start") && (
          <button
            type="button"
            class="btn"
            onClick={() => {
              isStartOpen.value = { name: view.name };
            }}
          >
            <Icon name="play" isSmall />
            Start an instance
          </button>
        )}
      </div>
      <div class="filters">
        <FilterBar view={view} />
        <span class="spread row">
          <OrderMenu view={view} />
          <button
            type="button"
            class="btn s"
            aria-pressed={paused.value}
            aria-label={paused.value ? "Go on updating" : "Pause updates"}
            onClick={() => {
              paused.value = !paused.value;
            }}
          >
            <Icon name={paused.value ? "play" : "pause"} isSmall />
            <span class="from-wide">{paused.value ? "Go on updating" : "Pause updates"}</span>
          </button>
          <MoreMenu query={query} onRefresh={() => void rows.refresh()} />
        </span>
      </div>
      <List key={key} rows={rows} query={query} />
    </Page>
  );
}

/** One list for each address. */
function useRows(key: string, view: ReturnType<typeof parseView>): InstanceRows {
  const rows = useMemo(() => new InstanceRows(view), [key]);
  useEffect(() => () => rows.end(), [rows]);
  return rows;
}

/** The new ones that nobody has taken yet. */
function Fresh({ rows }: { readonly rows: InstanceRows }) {
  const n = rows.fresh.value.length;
  if (n === 0) return null;
  return (
    <button type="button" class="btn s fresh" onClick={() => rows.takeFresh()}>
      <Icon name="down" isSmall />
      {countText({ n, isExact: !rows.hasGap.value })} new
    </button>
  );
}

function List({ rows, query }: { readonly rows: InstanceRows; readonly query: URLSearchParams }) {
  const selection = useSignal<Selection>(NOTHING);
  const active = useSignal<string | null>(null);
  const isAtTop = useSignal(true);
  const box = useRef<HTMLDivElement>(null);
  const ids = rows.order.value;
  // While nothing is under the pointer and nothing is marked, new rows come by themselves.
  useSignalEffect(() => {
    if (rows.fresh.value.length > 0 && isAtTop.value && active.value === null && box.current?.matches(":hover") !== true) rows.takeFresh();
  });
  const choose = useCallback(
    (id: string, isRange: boolean) => {
      active.value = id;
      selection.value = isRange ? ranged(selection.peek(), id, rows.order.peek()) : toggled(selection.peek(), id);
    },
    [rows],
  );
  const row = useCallback((id: string) => <Row id={id} rows={rows} isChosen={() => selection.value.ids.has(id)} />, [rows]);
  const chosen = selection.value.ids;
  const clear = (): void => {
    selection.value = NOTHING;
  };
  useKeys({ Escape: clear });
  const areAll = ids.length > 0 && chosen.size >= ids.length;
  return (
    <div class="list" ref={box}>
      <Fresh rows={rows} />
      <VirtualGrid
        label="Instances"
        ids={ids}
        columns={[
          {
            id: "check",
            head: <CheckAll isOn={areAll} isPart={chosen.size > 0} onChange={() => (selection.value = areAll ? NOTHING : allOf(ids))} />,
          },
          ...COLUMNS,
        ]}
        rowHeight={isNarrow.value ? NARROW_ROW_HEIGHT : ROW_HEIGHT}
        row={row}
        selected={chosen}
        active={active.value}
        onActive={(id) => {
          active.value = id;
        }}
        onOpen={(id) => go(instanceHref(id))}
        onToggle={choose}
        onEscape={clear}
        onSee={(first, end) => rows.see(ids.slice(first, end), end)}
        onScroll={(top) => {
          isAtTop.value = top;
        }}
        hasMore={!rows.state.value.isWhole}
      >
        <ListEnd rows={rows} />
      </VirtualGrid>
      {chosen.size > 0 && <BulkBar ids={[...chosen]} query={query} onClear={clear} />}
    </div>
  );
}

function Row({ id, rows, isChosen }: { readonly id: string; readonly rows: InstanceRows; readonly isChosen: () => boolean }) {
  return (
    <>
      <GridCell id="check">
        <input type="checkbox" class="check" tabIndex={-1} aria-label={`Choose ${id}`} checked={isChosen()} readOnly />
      </GridCell>
      <InstanceCells id={id} rows={rows} />
    </>
  );
}

function CheckAll({ isOn, isPart, onChange }: { readonly isOn: boolean; readonly isPart: boolean; readonly onChange: () => void }) {
  return (
    <input
      type="checkbox"
      class="check"
      aria-label="Choose all that are loaded"
      checked={isOn}
      indeterminate={isPart && !isOn}
      onChange={onChange}
    />
  );
}
