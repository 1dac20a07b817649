import { useEffect, useMemo, useState } from "preact/hooks";
import type { HistoryItem } from "../../api/wire.ts";
import { grouped } from "../../model/numbers.ts";
import { openCalls } from "../../model/open-calls.ts";
import type { Takeover, Timeline, TimelineRow } from "../../model/timeline.ts";
import { foldTimeline, withChild } from "../../model/timeline-fold.ts";
import { deaths } from "../../state/deaths.ts";
import type { LoadedHistory } from "../../state/histories.ts";
import { clock } from "../../state/hub.ts";
import type { InstanceView } from "../../state/instance.ts";
import { setQuery } from "../../state/router.ts";
import { compressesWaits } from "../../state/settings.ts";
import { sayProblem } from "../../state/toasts.ts";
import { PayloadCard } from "../common/payload.tsx";
import type { TabProps } from "./instance-tabs.tsx";
import { TimelineDetail } from "./timeline-detail.tsx";
import { TimelineGrid } from "./timeline-grid.tsx";
import { TimelineLegend } from "./timeline-legend.tsx";
import { TimelineTools } from "./timeline-tools.tsx";

/** Histories up to this length are loaded, part by part, until all of it is there. */
const LOADED_EVENTS = 10_000;

export function TimelineTab({ view, detail, query }: TabProps) {
  const history = view.history.value;
  const now = detail.row.completedAt ?? clock.value;
  const timeline = useTimeline(view, detail.row.name, history);
  const chosen = timeline.rows.find(({ key }) => key === query.get("row")) ?? null;
  const first = history.items[0]?.seq ?? 0;
  const [zoom, setZoom] = useState(1);
  // Answers without their calls have no row.
  useEffect(() => {
    if (first > 0 && history.total <= LOADED_EVENTS) void view.loadEarlier().catch(sayProblem);
  }, [view, first, history.total]);
  return (
    <>
      <div class={`split ${chosen === null ? "lone" : ""}`}>
        <div class="left">
          <div class="toolbar">
            <TimelineLegend rows={timeline.rows} />
            <TimelineTools zoom={zoom} onZoom={setZoom} />
          </div>
          {first > 0 && <Earlier view={view} count={first} />}
          {history.items.length === 0 ? (
            <p class="dim nothing">Nothing has happened yet.</p>
          ) : (
            <TimelineGrid
              timeline={timeline}
              label={`Timeline of ${view.id}`}
              now={now}
              compresses={compressesWaits.value}
              zoom={zoom}
              selected={chosen?.key ?? null}
              opened={openedKeys(timeline.rows, view.children.value)}
              onSelect={(row) => setQuery({ row: row?.key, attempt: undefined })}
              onToggle={(row) => toggleChild(view, row)}
            />
          )}
        </div>
        {chosen !== null && (
          <TimelineDetail
            view={view}
            owner={ownerOf(chosen, timeline.rows) ?? view.id}
            row={chosen}
            attempt={query.get("attempt")}
            onClose={() => setQuery({ row: undefined, attempt: undefined })}
          />
        )}
      </div>
      {chosen === null && (
        <div class="pair">
          <PayloadCard id={view.id} title="Input" preview={detail.input} none="It was started without an input." />
          {detail.output !== null ? (
            <PayloadCard id={view.id} title={detail.row.status === "Failed" ? "Failure" : "Output"} preview={detail.output} none="" />
          ) : (
            <PayloadCard id={view.id} title="Custom status" preview={detail.customStatus} none="It has set none." />
          )}
        </div>
      )}
    </>
  );
}

export function Earlier({ view, count }: { readonly view: InstanceView; readonly count: number }) {
  return (
    <div class="earlier">
      <span>The first {grouped(count)} events are not shown.</span>
      <button type="button" class="btn s" onClick={() => void view.loadEarlier()}>
        Load earlier ones
      </button>
    </div>
  );
}

/** Folded again when something came, and not with the clock. */
function useTimeline(view: InstanceView, name: string, history: LoadedHistory): Timeline {
  const waits = view.why.value?.waits;
  const children = view.children.value;
  const dead = deaths.value;
  const takeovers = useMemo(() => takeoversOf(history.items, view.workers, dead), [history, dead]);
  const open = useMemo(() => openCalls(waits ?? [], view.readAt), [waits]);
  return useMemo(() => {
    const own = foldTimeline(history.items, { name, open, takeovers });
    let { rows } = own;
    for (const [id, child] of children) {
      const parent = rows.find(({ instanceId }) => instanceId === id);
      if (parent !== undefined) rows = withChild(rows, parent.key, foldTimeline(child.items));
    }
    return { ...own, rows };
  }, [name, history, open, takeovers, children]);
}

/** Workers that died and had something of it: that ran one of its calls, or had it in memory. */
function takeoversOf(items: readonly HistoryItem[], had: ReadonlySet<number>, dead: readonly Takeover[]): readonly Takeover[] {
  if (dead.length === 0) return dead;
  const ran = new Set(items.flatMap(({ event }) => ("by" in event && event.by !== undefined ? [event.by] : [])));
  return dead.filter(({ worker }) => ran.has(worker) || had.has(worker));
}

/** Instance that a row of a child belongs to; null: it is of the instance itself. */
function ownerOf({ key }: TimelineRow, rows: readonly TimelineRow[]): string | null {
  const at = key.lastIndexOf("/");
  return at < 0 ? null : (rows.find((row) => row.key === key.slice(0, at))?.instanceId ?? null);
}

const openedKeys = (rows: readonly TimelineRow[], children: ReadonlyMap<string, LoadedHistory>): ReadonlySet<string> =>
  new Set(rows.flatMap(({ key, instanceId }) => (instanceId !== null && children.has(instanceId) ? [key] : [])));

function toggleChild(view: InstanceView, { instanceId }: TimelineRow): void {
  if (instanceId === null) return;
  if (view.children.peek().has(instanceId)) view.closeChild(instanceId);
  else void view.openChild(instanceId);
}
