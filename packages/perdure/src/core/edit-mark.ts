import type { EditMark, ExecutionForked, HistoryOrigin } from "../model/edit-mark.ts";
import { isEditMark } from "../model/edit-mark.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { EventId, ExecutionId, InstanceId, Seed } from "../model/ids.ts";
import { eventId } from "../model/ids.ts";
import { clampTime } from "../model/time.ts";
import type { Draft } from "./rewind.ts";
import { answered, lastActionOf } from "./rewind.ts";

/** What the mark says beside what follows from the two histories. */
export interface EditOrder {
  readonly kind: EditMark["kind"];
  readonly reason: string | null;
  readonly executionId: ExecutionId;
  readonly seed: Seed;
  readonly from: HistoryOrigin;
  /** The generation that the history was recorded in; null: answers to it do not count. */
  readonly generation: number | null;
  /** Store time. */
  readonly now: number;
  /** Time of open timers, where it is neither that of the history nor a full time again; absent: as it was. */
  readonly timerAt?: (fireAt: number) => number;
  /** Mints ids for sub-orchestrations of a fork: where it waits for one of the original, another one is started. Absent: there are no new ones. */
  readonly childId?: () => InstanceId;
}

/** The new history: what is kept, the mark, what is to be delivered again. `history`: the one it was made from, whole. */
export function editedHistory(history: readonly HistoryEvent[], draft: Draft, order: EditOrder): readonly HistoryEvent[] {
  const { kept, waiting } = draft;
  const ts = Math.max(order.now, kept.at(-1)?.ts ?? 0);
  const timers = changedTimers(history, draft, order, ts);
  const children = new Map([...childrenBehind(history, draft), ...childrenOfFork(history, draft, order)]);
  const fork = forkCutBy(history, draft, order);
  const mark: EditMark = {
    kind: fork?.kind ?? order.kind,
    ts,
    reason: order.reason,
    executionId: order.executionId,
    seed: order.seed,
    from: fork?.from ?? order.from,
    replies: order.generation === null ? [] : repliesTo(history, order.generation, lastActionOf(kept)),
    edited: draft.edited,
    firstEdited: draft.firstEdited,
    droppedEpisodes: draft.droppedEpisodes,
    ...(timers.length === 0 ? {} : { timers }),
    ...(children.size === 0 ? {} : { children: [...children].map(([id, instanceId]) => ({ id, instanceId })) }),
  };
  return [...kept, mark, ...waiting.map((event) => ({ ...event, ts: Math.max(event.ts, ts) }))];
}

/** A rewind to before the point of a fork leaves a history that was recorded for the original, as that of a fork: its mark says so. */
function forkCutBy(history: readonly HistoryEvent[], { kept }: Draft, { kind }: EditOrder): ExecutionForked | null {
  const fork = history.findLast((event) => event.kind === "ExecutionForked");
  return kind === "ExecutionForked" || fork === undefined || kept.includes(fork) ? null : fork;
}

type Call = Extract<HistoryEvent, { readonly id: EventId }>;

/** Open calls of one kind, by their numbers. */
export function openCalls<Kind extends Call["kind"]>(
  { kept, waiting }: Pick<Draft, "kept" | "waiting">,
  kind: Kind,
): ReadonlyMap<EventId, Extract<Call, { readonly kind: Kind }>> {
  const open = new Map<EventId, Extract<Call, { readonly kind: Kind }>>();
  for (const event of [...kept, ...waiting]) {
    if (isOfKind(event, kind)) open.set(event.id, event);
    if (event.kind === "TimerCanceled") open.delete(event.timerId);
    const call = answered(event);
    if (call !== null) open.delete(call);
  }
  return open;
}

/** Sub-orchestrations that are waited for, and their instances. `history`: the one that the draft was made from. */
export function openChildren(history: readonly HistoryEvent[], draft: Draft): ReadonlyMap<EventId, InstanceId> {
  const named = childrenNamed(history);
  const open = new Map<EventId, InstanceId>();
  for (const [id, { instanceId, fireAndForget }] of openCalls(draft, "SubOrchestrationInstanceCreated"))
    if (!fireAndForget) open.set(id, named.get(id) ?? instanceId);
  return open;
}

const isOfKind = <Kind extends Call["kind"]>(event: HistoryEvent, kind: Kind): event is Extract<Call, { readonly kind: Kind }> =>
  event.kind === kind;

/** Of earlier generations too, where marks had them accepted. Numbers behind those that stay are given again, so none of their answers counts. */
function repliesTo(history: readonly HistoryEvent[], generation: number, last: EventId): EditMark["replies"] {
  const earlier = history.findLast(isEditMark)?.replies ?? [];
  return [...earlier, { generation, upTo: last }].map((one) => ({ ...one, upTo: eventId(Math.min(one.upTo, last)) }));
}

/** A mark that is cut away may have moved timers that stay. */
function changedTimers(history: readonly HistoryEvent[], draft: Draft, { timerAt }: EditOrder, now: number) {
  const moved = timersMoved(history);
  const movedInKept = timersMoved(draft.kept);
  const timers: { readonly id: EventId; readonly fireAt: number }[] = [];
  for (const [id, created] of openCalls(draft, "TimerCreated")) {
    const inKept = movedInKept.get(id) ?? created.fireAt;
    const isFull = draft.timedOut.includes(id);
    const before = moved.get(id) ?? created.fireAt;
    const fireAt = isFull ? now + Math.max(0, created.fireAt - created.ts) : (timerAt?.(before) ?? before);
    if (fireAt !== inKept) timers.push({ id, fireAt: clampTime(fireAt) });
  }
  // It fires once more at that time, so that is when it is due.
  for (const event of draft.waiting) {
    if (event.kind !== "TimerFired") continue;
    const fireAt = moved.get(event.timerId);
    if (fireAt !== undefined && fireAt !== movedInKept.get(event.timerId)) timers.push({ id: event.timerId, fireAt });
  }
  return timers;
}

function timersMoved(events: readonly HistoryEvent[]): ReadonlyMap<EventId, number> {
  const moved = new Map<EventId, number>();
  for (const event of events) if (isEditMark(event)) for (const { id, fireAt } of event.timers ?? []) moved.set(id, fireAt);
  return moved;
}

/** As {@link changedTimers}: a mark that is cut away may have named the children of calls that stay. */
function childrenBehind(history: readonly HistoryEvent[], draft: Draft): ReadonlyMap<EventId, InstanceId> {
  const inKept = new Set(childrenNamed(draft.kept).keys());
  const open = openCalls(draft, "SubOrchestrationInstanceCreated");
  return new Map([...childrenNamed(history)].filter(([id]) => open.has(id) && !inKept.has(id)));
}

/** New ids for what it waits for and is not its own: at the fork all, later what had ended by the fork and was taken out of its history since. */
function childrenOfFork(history: readonly HistoryEvent[], draft: Draft, { kind, childId }: EditOrder): ReadonlyMap<EventId, InstanceId> {
  if (childId === undefined) return new Map();
  const open = [...openChildren(history, draft).keys()];
  if (kind === "ExecutionForked") return new Map(open.map((call) => [call, childId()]));
  const mark = history.findLastIndex((event) => event.kind === "ExecutionForked");
  const ofOriginal = new Set(history.slice(0, Math.max(mark, 0)).flatMap((event) => ("id" in event ? [event.id] : [])));
  const own = childrenNamed(history.slice(Math.max(mark, 0)));
  return new Map(open.filter((call) => ofOriginal.has(call) && !own.has(call)).map((call) => [call, childId()]));
}

function childrenNamed(events: readonly HistoryEvent[]): ReadonlyMap<EventId, InstanceId> {
  const named = new Map<EventId, InstanceId>();
  for (const event of events) if (isEditMark(event)) for (const { id, instanceId } of event.children ?? []) named.set(id, instanceId);
  return named;
}
