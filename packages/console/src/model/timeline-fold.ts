import type { EventOf, HistoryItem, WireEvent } from "../api/wire.ts";
import type { Point, Segment, Takeover, Timeline, TimelineFacts, TimelineRow } from "./timeline.ts";
import { TimelineCalls } from "./timeline-calls.ts";
import { TimelineWaits } from "./timeline-waits.ts";

/** Messages that an orchestrator has sent and does not wait for. */
type Sent = EventOf<"EventSent" | "EntityOperationSignaled">;

/** Of one generation, in the order of the history, which may lack its beginning: what answers something that is not there has no row. */
export function foldTimeline(history: readonly HistoryItem[], facts: TimelineFacts = {}): Timeline {
  const fold = new Fold();
  for (const item of history) fold.take(item);
  return fold.timeline(facts);
}

class Fold {
  readonly #calls = new TimelineCalls();
  readonly #waits = new TimelineWaits();
  readonly #sent: { readonly seq: number; readonly event: Sent }[] = [];
  readonly #points: Point[] = [];
  readonly #suspended: { readonly from: number; to: number | null }[] = [];
  readonly #seqs: number[] = [];
  #started: EventOf<"ExecutionStarted"> | null = null;
  #ended: EventOf<"ExecutionCompleted"> | null = null;
  #firstTs: number | null = null;

  take(item: HistoryItem): void {
    const { event } = item;
    this.#firstTs ??= event.ts;
    if (!this.#takeCall(item, event) && !this.#takeWait(item, event)) this.#takeOwn(item, event);
  }

  timeline({ name = "Orchestration", open = [], takeovers = [] }: TimelineFacts): Timeline {
    const start = this.#firstTs ?? 0;
    const end = this.#ended?.ts ?? null;
    const taken: readonly Point[] = takeovers
      .filter(({ at }) => at >= start && (end === null || at <= end))
      .map((death) => ({ kind: "takeover", at: death.at, text: takeoverText(death) }));
    const below = [...this.#calls.rows(open, end), ...this.#waits.rows(end), ...this.#sent.map(sentRow)];
    return { start, end, rows: [this.#instanceRow(name, start, end, taken), ...below.sort(inOrder)] };
  }

  #takeCall(item: HistoryItem, event: WireEvent): boolean {
    switch (event.kind) {
      case "TaskScheduled":
      case "SubOrchestrationInstanceCreated":
      case "EntityOperationCalled":
        this.#calls.scheduled(item, event);
        return true;
      case "TaskCompleted":
      case "TaskFailed":
      case "SubOrchestrationInstanceCompleted":
      case "SubOrchestrationInstanceFailed":
      case "EntityOperationCompleted":
      case "EntityOperationFailed":
        this.#calls.ended(item, event.taskId);
        return true;
      default:
        return false;
    }
  }

  #takeWait(item: HistoryItem, event: WireEvent): boolean {
    switch (event.kind) {
      case "TimerCreated":
        if (!this.#calls.pauseBegan(event)) this.#waits.timerCreated(item, event);
        return true;
      case "TimerFired":
      case "TimerCanceled":
        if (!this.#calls.pauseEnded(event.timerId, event.ts)) this.#waits.timerEnded(item, event.timerId, event.kind === "TimerFired");
        return true;
      case "EventRaised":
        this.#waits.raised(item, event);
        return true;
      case "EntityLockRequested":
        this.#waits.lockRequested(item, event);
        return true;
      case "EntityLockGranted":
        this.#waits.lockGranted(item, event.taskId);
        return true;
      case "EntityUnlockSent":
        this.#waits.lockReleased(item, event.lockId);
        return true;
      case "EventSent":
      case "EntityOperationSignaled":
        this.#sent.push({ seq: item.seq, event });
        return true;
      default:
        return false;
    }
  }

  #takeOwn(item: HistoryItem, event: WireEvent): void {
    const { seq } = item;
    switch (event.kind) {
      case "ExecutionStarted":
        this.#started = event;
        this.#seqs.push(seq);
        return;
      case "OrchestratorStarted":
        this.#points.push({ kind: "episode", at: event.ts, text: "an episode" });
        return;
      case "OrchestratorCompleted":
        this.#waits.waited(item, event);
        return;
      case "ExecutionSuspended":
        if (this.#suspended.at(-1)?.to !== null) this.#suspended.push({ from: event.ts, to: null });
        return;
      case "ExecutionResumed": {
        const last = this.#suspended.at(-1);
        if (last !== undefined) last.to ??= event.ts;
        return;
      }
      case "ExecutionRewound":
      case "ExecutionForked":
        this.#calls.givenBack(event.ts);
        this.#points.push({ kind: "edited", at: event.ts, text: event.kind === "ExecutionRewound" ? "rewound" : "forked" });
        return;
      case "PatchMarked":
        this.#points.push({ kind: "patch", at: event.ts, text: `patch ${event.patch}` });
        return;
      case "ExecutionCompleted":
        this.#ended = event;
        this.#seqs.push(seq);
        return;
      default:
    }
  }

  #instanceRow(name: string, start: number, end: number | null, taken: readonly Point[]): TimelineRow {
    const started = this.#started;
    const status = this.#ended?.status;
    return {
      key: "instance",
      kind: "instance",
      depth: 0,
      name: started?.name ?? name,
      note: started?.version ?? "",
      start,
      end,
      state:
        status === undefined
          ? "open"
          : status === "Failed"
            ? "failed"
            : status === "Terminated" || status === "Canceled"
              ? "canceled"
              : "done",
      segments: instanceSegments(start, end, this.#suspended, status === "Failed"),
      points: [...this.#points, ...taken].sort((a, b) => a.at - b.at),
      attempts: [],
      instanceId: null,
      dueAt: null,
      seqs: this.#seqs,
    };
  }
}

/** From its beginning to its end, cut where it was suspended. */
function instanceSegments(
  start: number,
  end: number | null,
  suspended: readonly { readonly from: number; readonly to: number | null }[],
  isFailed: boolean,
): readonly Segment[] {
  const segments: Segment[] = [];
  let from: number | null = start;
  for (const pause of suspended) {
    if (from !== null && pause.from > from) segments.push({ kind: "instance", from, to: pause.from, isFailed });
    const to: number | null = pause.to ?? end;
    segments.push({ kind: "suspended", from: pause.from, to, isFailed: false });
    from = to;
  }
  const isOver = from === null || (end !== null && from >= end && segments.length > 0);
  return isOver || from === null ? segments : [...segments, { kind: "instance", from, to: end, isFailed }];
}

function sentRow({ seq, event }: { readonly seq: number; readonly event: Sent }): TimelineRow {
  const [name, text] =
    event.kind === "EventSent" ? [event.name, `event sent to ${event.instanceId}`] : [event.operation, `signal to ${event.instanceId}`];
  return {
    key: `sent:${event.id}`,
    kind: "message",
    depth: 1,
    name,
    note: `to ${event.instanceId}`,
    start: event.ts,
    end: event.ts,
    state: "done",
    segments: [],
    points: [{ kind: "sent", at: event.ts, text }],
    attempts: [],
    instanceId: null,
    dueAt: null,
    seqs: [seq],
  };
}

/** What only waits, and has not ended, is what a person looks for: it stands together at the end. */
function inOrder(a: TimelineRow, b: TimelineRow): number {
  return Number(isOpenWait(a)) - Number(isOpenWait(b)) || a.start - b.start || (a.seqs[0] ?? 0) - (b.seqs[0] ?? 0);
}

const isOpenWait = ({ kind, state }: TimelineRow): boolean => state === "open" && (kind === "timer" || kind === "event");

/** Rows of a child below its row: loaded on demand, each a level deeper. Keys stay unique: a child of a child has the path of both. */
export function withChild(rows: readonly TimelineRow[], parentKey: string, child: Timeline): readonly TimelineRow[] {
  const at = rows.findIndex(({ key }) => key === parentKey);
  const parent = rows[at];
  if (parent === undefined) return rows;
  const nested = child.rows.slice(1).map((row) => ({ ...row, key: `${parentKey}/${row.key}`, depth: parent.depth + row.depth }));
  return [...rows.slice(0, at + 1), ...nested, ...rows.slice(at + 1)];
}

const takeoverText = ({ worker, isThread }: Takeover): string =>
  isThread === true ? "the thread that runs the app was killed; another took over" : `worker ${worker} died; another took over`;
