import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { IconName } from "../../design/icons.ts";
import { historyJson } from "../../model/event-json.ts";
import { eventNo } from "../../model/event-no.ts";
import type { Episode, HistoryFilter, HistoryRow } from "../../model/history-rows.ts";
import { byEpisode, filterRows, historyRows } from "../../model/history-rows.ts";
import { exactClockText } from "../../model/time-text.ts";
import { storeNow } from "../../state/hub.ts";
import type { InstanceView } from "../../state/instance.ts";
import { isNarrow } from "../../state/media.ts";
import { setQuery } from "../../state/router.ts";
import { sayProblem } from "../../state/toasts.ts";
import { zone } from "../../state/zone.ts";
import { CopyButton } from "../../widgets/copy-button.tsx";
import { Icon } from "../../widgets/icon.tsx";
import { Menu } from "../../widgets/menu.tsx";
import { saveFile } from "../../widgets/save-file.ts";
import type { GridColumn } from "../../widgets/virtual-grid.tsx";
import { GridCell, VirtualGrid } from "../../widgets/virtual-grid.tsx";
import { HistoryDetail } from "./history-detail.tsx";
import type { TabProps } from "./instance-tabs.tsx";
import { Earlier } from "./timeline-tab.tsx";

/** As in parts.css, also of two lines on a narrow screen. */
const ROW_HEIGHT = 31;
const NARROW_ROW = 52;
const COLUMNS: readonly GridColumn[] = [
  { id: "seq", head: "#", isRight: true },
  { id: "event", head: "Event" },
  { id: "of", head: "Of" },
  { id: "details", head: "Details" },
  { id: "after", head: "After", isRight: true },
];
const FILTERS: Readonly<Record<HistoryFilter, string>> = { matters: "what matters", all: "all", failed: "failed only" };

const isFilter = (text: string | null): text is HistoryFilter => text !== null && Object.hasOwn(FILTERS, text);

/** A line of the grid: an episode, or one of its events. */
type Line = { readonly episode: Episode } | { readonly row: HistoryRow };

export function HistoryTab({ view, detail, query }: TabProps) {
  const { items, problem } = view.history.value;
  const shown = query.get("show");
  const filter = isFilter(shown) ? shown : "matters";
  const find = query.get("find") ?? "";
  const all = useMemo(() => historyRows(items, storeNow(), zone.value), [items, zone.value]);
  const isFlat = query.get("flat") === "1";
  const misfit = detail.divergence?.seq ?? null;
  const lines = useMemo(() => linesOf(filterRows(all, filter, find), all, isFlat), [all, filter, find, isFlat]);
  const ids = useMemo(() => [...lines.keys()], [lines]);
  const chosen = all.find(({ seq }) => String(eventNo(seq)) === query.get("event")) ?? null;
  const chosenId = chosen === null ? null : eventLine(chosen.seq);
  const box = useRef<HTMLDivElement>(null);
  const rowHeight = isNarrow.value ? NARROW_ROW : ROW_HEIGHT;
  const first = items[0]?.seq ?? 0;
  // An episode can be marked, so that keys walk over it; it has nothing to show beside.
  const [active, setActive] = useState(chosenId);
  useEffect(() => setActive(chosenId), [chosenId]);
  useEffect(() => reveal(box.current, chosenId === null ? -1 : ids.indexOf(chosenId), rowHeight), [chosenId, ids.length === 0]);
  const row = useMemo(() => (id: string) => <LineCells line={lines.get(id)} misfit={misfit} />, [lines, misfit]);
  const select = (id: string): void => {
    setActive(id);
    const line = lines.get(id);
    if (line !== undefined && "row" in line) setQuery({ event: String(eventNo(line.row.seq)) });
  };
  return (
    <div class={`split ${chosen === null ? "lone" : ""}`}>
      <div class="left history" ref={box}>
        <Tools view={view} filter={filter} find={find} isFlat={isFlat} />
        {first > 0 && <Earlier view={view} count={first} />}
        {problem !== null && <p class="bad earlier">{problem}</p>}
        <VirtualGrid
          label={`History of ${view.id}`}
          ids={ids}
          columns={COLUMNS}
          rowHeight={rowHeight}
          row={row}
          selected={new Set(chosenId === null ? [] : [chosenId])}
          active={active}
          onActive={select}
          onOpen={select}
          onToggle={select}
          onEscape={() => setQuery({ event: undefined })}
          onSee={() => {}}
          onScroll={() => {}}
          hasMore={false}
        >
          {ids.length === 0 && items.length > 0 && <p class="dim earlier">No event is like that.</p>}
        </VirtualGrid>
      </div>
      {chosen !== null && <HistoryDetail view={view} row={chosen} rows={all} onClose={() => setQuery({ event: undefined })} />}
    </div>
  );
}

const eventLine = (seq: number): string => `event-${seq}`;

function linesOf(rows: readonly HistoryRow[], all: readonly HistoryRow[], isFlat: boolean): ReadonlyMap<string, Line> {
  if (isFlat) return new Map(rows.map((row) => [eventLine(row.seq), { row }]));
  const lines = new Map<string, Line>();
  for (const episode of byEpisode(rows, all)) {
    lines.set(`episode-${episode.number}`, { episode });
    for (const row of episode.rows) lines.set(eventLine(row.seq), { row });
  }
  return lines;
}

/** A link to an event shows it in the middle. */
function reveal(box: HTMLElement | null, index: number, rowHeight: number): void {
  const grid = box?.querySelector(".vgrid");
  if (!grid || index < 0) return;
  const top = index * rowHeight;
  if (top < grid.scrollTop || top + 2 * rowHeight > grid.scrollTop + grid.clientHeight) grid.scrollTop = top - grid.clientHeight / 3;
}

interface ToolsProps {
  readonly view: InstanceView;
  readonly filter: HistoryFilter;
  readonly find: string;
  readonly isFlat: boolean;
}

function Tools({ view, filter, find, isFlat }: ToolsProps) {
  const { items } = view.history.value;
  return (
    <div class="toolbar">
      <label class="input find">
        <Icon name="search" isSmall />
        <input
          type="search"
          value={find}
          placeholder="Find in the history"
          aria-label="Find in the history"
          onInput={({ currentTarget }) => setQuery({ find: currentTarget.value })}
        />
      </label>
      <Menu
        text={
          <>
            Events <b>{FILTERS[filter]}</b>
          </>
        }
        look="filter on"
        items={Object.entries(FILTERS).map(([value, text]) => ({ value, text, isOn: value === filter }))}
        onChoose={(value) => setQuery({ show: value === "matters" ? undefined : value })}
      />
      <button
        type="button"
        class={isFlat ? "filter" : "filter on"}
        aria-pressed={!isFlat}
        onClick={() => setQuery({ flat: isFlat ? undefined : "1" })}
      >
        By episode
      </button>
      <span class="spread row">
        <CopyButton text={() => historyJson(items)} label="Copy as JSON" shownLabel="Copy as JSON" />
        <button type="button" class="btn ghost s" onClick={() => void download(view).catch(sayProblem)}>
          <Icon name="download" isSmall />
          Download
        </button>
      </span>
    </div>
  );
}

/** All of it, also what is not loaded yet. */
async function download(view: InstanceView): Promise<void> {
  while ((view.history.peek().items[0]?.seq ?? 0) > 0) await view.loadEarlier();
  saveFile(`${view.id}-history`, historyJson(view.history.peek().items));
}

/** `misfit`: position of the event that the code of now does not ask for. */
function LineCells({ line, misfit }: { readonly line: Line | undefined; readonly misfit: number | null }) {
  if (line === undefined) return null;
  if ("episode" in line) {
    const { number, because, at } = line.episode;
    return (
      <GridCell id="episode" look="dim num">
        Episode {number}
        {because !== "" && ` · ${because}`} · {exactClockText(at, zone.value)}
      </GridCell>
    );
  }
  const { seq, kind, of, details, after, isFailed } = line.row;
  return (
    <>
      <GridCell id="seq" isRight look="num dim">
        {eventNo(seq)}
      </GridCell>
      <GridCell id="event">
        <span class={`row ${isFailed ? "bad" : ""}`}>
          <Icon name={iconOf(kind, isFailed)} isSmall />
          {kind}
        </span>
      </GridCell>
      <GridCell id="of" look="fn">
        {of}
      </GridCell>
      <GridCell id="details" look={isFailed ? "bad" : seq === misfit ? "warn" : "muted"}>
        {seq === misfit ? "not what the code asks for now" : details}
      </GridCell>
      <GridCell id="after" isRight look="num dim">
        {after}
      </GridCell>
    </>
  );
}

export function iconOf(kind: HistoryRow["kind"], isFailed: boolean): IconName {
  if (isFailed) return "cross";
  if (kind.endsWith("Completed") && kind !== "OrchestratorCompleted") return "check";
  if (kind.startsWith("Task")) return "activity";
  if (kind.startsWith("Timer")) return "timer";
  if (kind.startsWith("SubOrchestration")) return "child";
  if (kind.startsWith("EntityLock") || kind.startsWith("EntityUnlock")) return "lock";
  if (kind.startsWith("Entity")) return "entity";
  if (kind.startsWith("Event")) return "event";
  return kind === "ExecutionRewound" || kind === "ExecutionForked" ? "rewind" : "start";
}
