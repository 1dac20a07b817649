import type { EventOf, HistoryItem, Preview, WireEvent, WireFailure } from "../api/wire.ts";
import type { Attempt, OpenCall, RowKind, Segment, TimelineRow } from "./timeline.ts";
import { split } from "./timeline.ts";

type Scheduled = EventOf<"TaskScheduled" | "SubOrchestrationInstanceCreated" | "EntityOperationCalled">;

interface AttemptDraft {
  readonly item: HistoryItem;
  readonly event: Scheduled;
  /** When it was asked for, or given back by a rewind. */
  from: number;
  ended: HistoryItem | null;
  pause: { readonly from: number; readonly until: number; to: number | null } | null;
}

/** Activities, children and calls of entities: each attempt of a call is one part of its row. */
export class TimelineCalls {
  readonly #rows = new Map<number, AttemptDraft[]>();
  /** Event id of each attempt → of the first one. */
  readonly #firsts = new Map<number, number>();
  /** Retry timer → the attempt that failed. */
  readonly #pauses = new Map<number, AttemptDraft>();

  scheduled(item: HistoryItem, event: Scheduled): void {
    const first = "retry" in event && event.retry !== undefined ? event.retry.of : event.id;
    const draft: AttemptDraft = { item, event, from: event.ts, ended: null, pause: null };
    this.#firsts.set(event.id, first);
    const attempts = this.#rows.get(first);
    if (attempts === undefined) {
      this.#rows.set(first, [draft]);
      return;
    }
    const before = attempts.at(-1);
    if (before?.pause) before.pause.to ??= event.ts;
    attempts.push(draft);
  }

  ended(item: HistoryItem, taskId: number): void {
    const draft = this.#attempt(taskId);
    if (draft !== undefined) draft.ended = item;
  }

  /** False: it is no pause of a call that is known. */
  pauseBegan({ id, ts, fireAt, retryOf }: EventOf<"TimerCreated">): boolean {
    const draft = retryOf === undefined ? undefined : this.#attempt(retryOf);
    if (draft === undefined) return false;
    draft.pause = { from: ts, until: fireAt, to: null };
    this.#pauses.set(id, draft);
    return true;
  }

  pauseEnded(timerId: number, at: number): boolean {
    const draft = this.#pauses.get(timerId);
    if (!draft?.pause) return false;
    draft.pause.to ??= at;
    return true;
  }

  /** What a rewind has taken out of the history is asked for again: from then on it is in line. */
  givenBack(at: number): void {
    for (const draft of this.#drafts()) if (draft.ended === null) draft.from = Math.max(draft.from, at);
  }

  rows(open: readonly OpenCall[], end: number | null): readonly TimelineRow[] {
    const known = new Map(open.map((call) => [call.eventId, call]));
    return [...this.#rows].map(([first, drafts]) => rowOf(first, drafts, known, end));
  }

  #attempt(eventId: number): AttemptDraft | undefined {
    return this.#rows.get(this.#firsts.get(eventId) ?? eventId)?.find((draft) => draft.event.id === eventId);
  }

  *#drafts(): Iterable<AttemptDraft> {
    for (const drafts of this.#rows.values()) yield* drafts;
  }
}

/** `end`: of the instance. What is open then never comes to its end here. */
function rowOf(first: number, drafts: readonly AttemptDraft[], open: ReadonlyMap<number, OpenCall>, end: number | null): TimelineRow {
  const last = drafts.at(-1);
  const beginning = drafts[0];
  if (last === undefined || beginning === undefined) throw new RangeError(`call ${first} has no attempt`);
  const { event } = last;
  const attempts = drafts.map(attemptOf);
  const isFailed = attempts.at(-1)?.failure != null;
  const isOpen = last.pause !== null ? last.pause.to === null : last.ended === null && !isSentOff(event);
  const state = isOpen ? (end === null ? "open" : "canceled") : isFailed ? "failed" : "done";
  const endedAt = isSentOff(event) ? event.ts : (last.pause?.to ?? last.ended?.event.ts ?? null);
  return {
    key: `call:${first}`,
    kind: kindOf(event),
    depth: 1,
    ...namesOf(event, state === "open" ? (open.get(event.id)?.note ?? "") : ""),
    start: beginning.event.ts,
    end: isOpen ? end : endedAt,
    state,
    segments: drafts.flatMap((draft) => segmentsOf(draft, open.get(draft.event.id)?.inLineUntil ?? null, end)),
    points: isSentOff(event) ? [{ kind: "sent", at: event.ts, text: "started, and not waited for" }] : [],
    attempts,
    instanceId: event.kind === "SubOrchestrationInstanceCreated" ? event.instanceId : null,
    dueAt: state === "open" && last.pause?.to === null ? last.pause.until : null,
    seqs: drafts.flatMap(({ item, ended }) => (ended === null ? [item.seq] : [item.seq, ended.seq])),
  };
}

/** Nobody waits for it, and no completion comes. */
const isSentOff = (event: Scheduled): boolean => event.kind === "SubOrchestrationInstanceCreated" && event.fireAndForget;

function kindOf(event: Scheduled): RowKind {
  if (event.kind === "TaskScheduled") return "activity";
  return event.kind === "EntityOperationCalled" ? "entity" : "child";
}

function namesOf(event: Scheduled, known: string): Pick<TimelineRow, "name" | "note"> {
  if (event.kind === "TaskScheduled")
    return { name: event.name, note: [event.slot?.key ?? "", known].filter((part) => part !== "").join(" · ") };
  return event.kind === "EntityOperationCalled"
    ? { name: event.instanceId, note: event.operation }
    : { name: event.name, note: event.instanceId };
}

function segmentsOf(draft: AttemptDraft, inLineUntil: number | null, end: number | null): readonly Segment[] {
  const { event, from, ended, pause } = draft;
  if (isSentOff(event)) return [];
  const isFailed = failureOf(ended?.event) !== null;
  const to = ended?.event.ts ?? end;
  const behind: readonly Segment[] = pause === null ? [] : [{ kind: "pause", from: pause.from, to: pause.to ?? end, isFailed: false }];
  if (event.kind === "SubOrchestrationInstanceCreated") return [{ kind: "child", from, to, isFailed }, ...behind];
  const ran = ranOf(ended?.event);
  if (to === null || ran === null || ended === null) return [...untold(from, to, inLineUntil, isFailed), ...behind];
  const parts = split(from, to, ran);
  return [
    ...(parts.inLine > 0 ? [{ kind: "inLine", from, to: from + parts.inLine, isFailed: false } as const] : []),
    { kind: "ran", from: from + parts.inLine, to, isFailed },
    ...behind,
  ];
}

/** Of a call of which the history does not say how long it ran. */
function untold(from: number, to: number | null, inLineUntil: number | null, isFailed: boolean): readonly Segment[] {
  if (inLineUntil === null || inLineUntil <= from || to !== null) return [{ kind: "unsplit", from, to, isFailed }];
  if (inLineUntil === Number.POSITIVE_INFINITY) return [{ kind: "inLine", from, to, isFailed }];
  return [
    { kind: "inLine", from, to: inLineUntil, isFailed: false },
    { kind: "unsplit", from: inLineUntil, to, isFailed },
  ];
}

function attemptOf({ item, event, from, ended, pause }: AttemptDraft, index: number): Attempt {
  const endedAt = ended?.event.ts ?? null;
  const ran = ranOf(ended?.event);
  const parts = endedAt === null || ran === null ? null : split(from, endedAt, ran);
  return {
    number: "retry" in event && event.retry !== undefined ? event.retry.attempt : index + 1,
    eventId: event.id,
    scheduled: item,
    ended,
    inLine: parts?.inLine ?? null,
    ran: parts?.ran ?? null,
    total: endedAt === null ? null : Math.max(0, endedAt - from),
    worker: workerOf(ended?.event),
    input: event.input,
    result: resultOf(ended?.event),
    failure: failureOf(ended?.event),
    nextAt: pause?.until ?? null,
  };
}

const ranOf = (event: WireEvent | undefined): number | null => (event !== undefined && "ran" in event ? (event.ran ?? null) : null);
const workerOf = (event: WireEvent | undefined): number | null => (event !== undefined && "by" in event ? (event.by ?? null) : null);
const resultOf = (event: WireEvent | undefined): Preview | null => (event !== undefined && "result" in event ? event.result : null);
const failureOf = (event: WireEvent | undefined): WireFailure | null =>
  event !== undefined && "failure" in event ? (event.failure ?? null) : null;
