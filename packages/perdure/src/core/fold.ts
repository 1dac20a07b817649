import type { EditMark } from "../model/edit-mark.ts";
import type { HistoryEvent, HistoryEventKind } from "../model/history.ts";
import { eventId } from "../model/ids.ts";
import { seedOf } from "../model/seed.ts";
import { isTerminal } from "../model/status.ts";
import { clampTime } from "../model/time.ts";
import { eventSize } from "./history-size.ts";
import type { EditState, InstanceState } from "./state.ts";
import { included, NO_ENTRIES, NO_MEMBERS, NOTHING_WAITS, put, remove, without } from "./state.ts";

type Handler<Kind extends HistoryEventKind> = (state: InstanceState, event: Extract<HistoryEvent, { kind: Kind }>) => void;

/** A new kind of event does not compile until it is handled here. */
const handlers: { readonly [Kind in HistoryEventKind]: Handler<Kind> } = {
  OrchestratorStarted(state) {
    if (state.edit?.isFresh === true) state.edit = { ...state.edit, isFresh: false };
    state.episodes += 1;
    state.inEpisode = true;
    state.waiting = NOTHING_WAITS;
  },
  OrchestratorCompleted(state, event) {
    state.inEpisode = false;
    if (event.openEvents !== undefined) state.openEvents = event.openEvents;
  },
  ExecutionStarted(state, event) {
    state.started = true;
    state.seed = seedOf(state.instanceId, event);
    if (state.status === "Pending") state.status = "Running";
  },
  ExecutionCompleted(state, event) {
    state.status = event.status;
    state.timers = NO_ENTRIES;
    state.activities.clear();
    state.children = NO_ENTRIES;
    state.entityCalls = NO_MEMBERS;
    state.lock = null;
  },
  ExecutionTerminated() {},
  ExecutionSuspended(state, event) {
    state.suspended = true;
    state.status = "Suspended";
    hold(state, event);
  },
  ExecutionResumed(state, event) {
    state.suspended = false;
    state.status = state.started ? "Running" : "Pending";
    hold(state, event);
  },
  TaskScheduled(state, event) {
    state.lastAction = event.id;
    state.activities.set(event.id, event);
  },
  TaskCompleted(state, event) {
    state.activities.delete(event.taskId);
    hold(state, event);
  },
  TaskFailed(state, event) {
    state.activities.delete(event.taskId);
    hold(state, event);
  },
  SubOrchestrationInstanceCreated(state, event) {
    state.lastAction = event.id;
    if (!event.fireAndForget) state.children = put(state.children, event.id, event.instanceId);
  },
  SubOrchestrationInstanceCompleted(state, event) {
    remove(state.children, event.taskId);
    hold(state, event);
  },
  SubOrchestrationInstanceFailed(state, event) {
    remove(state.children, event.taskId);
    hold(state, event);
  },
  TimerCreated(state, event) {
    state.lastAction = event.id;
    // Histories of early releases may have later ones.
    state.timers = put(state.timers, event.id, clampTime(event.fireAt));
  },
  TimerCanceled(state, event) {
    remove(state.timers, event.timerId);
  },
  TimerFired(state, event) {
    remove(state.timers, event.timerId);
    hold(state, event);
  },
  EventRaised(state, event) {
    if (event.messageId !== undefined) state.messageIds = put(state.messageIds, event.messageId, event.ts);
    hold(state, event);
  },
  EventSent(state, event) {
    state.lastAction = event.id;
  },
  PatchMarked() {},
  ExecutionRewound(state, event) {
    const earlierSeeds = [...(state.edit?.earlierSeeds ?? []), { upTo: eventId(state.lastAction), seed: state.seed }];
    edited(state, event, earlierSeeds);
  },
  /** What a fork runs again is another call for those outside: it has another key. */
  ExecutionForked(state, event) {
    edited(state, event, []);
  },
  ContinueAsNew() {},
  MessageIdsKept(state, event) {
    for (const { id, at } of event.ids) state.messageIds = put(state.messageIds, id, at);
  },
  EntityOperationCalled(state, event) {
    state.lastAction = event.id;
    state.entityCalls = included(state.entityCalls, event.id);
  },
  EntityOperationSignaled(state, event) {
    state.lastAction = event.id;
  },
  EntityOperationCompleted(state, event) {
    without(state.entityCalls, event.taskId);
    hold(state, event);
  },
  EntityOperationFailed(state, event) {
    without(state.entityCalls, event.taskId);
    hold(state, event);
  },
  EntityLockRequested(state, event) {
    state.lastAction = event.id;
    state.lock = { id: event.id, entities: event.entities, granted: false };
  },
  EntityLockGranted(state, event) {
    if (state.lock !== null) state.lock = { ...state.lock, granted: true };
    hold(state, event);
  },
  EntityUnlockSent(state, event) {
    if (state.lock?.id === event.lockId) state.lock = null;
  },
  EntityMessageHeld({ entity }, event) {
    if (entity === null) return;
    entity.held.push({ place: entity.heldBefore, message: event.message });
    entity.heldBefore += 1;
  },
  EntityMessagesTaken({ entity }, { at }) {
    if (entity === null) return;
    const taken = new Set(at);
    entity.held = entity.held.filter(({ place }) => !taken.has(place));
  },
};

function edited(state: InstanceState, mark: EditMark, earlierSeeds: EditState["earlierSeeds"]): void {
  state.edit = { mark, isFresh: true, earlierSeeds };
  state.seed = mark.seed;
  if (state.status === "Pending") state.status = "Running";
  for (const { id, fireAt } of mark.timers ?? []) if (state.timers.has(id)) state.timers = put(state.timers, id, fireAt);
  for (const { id, instanceId } of mark.children ?? []) {
    if (state.children.has(id)) state.children = put(state.children, id, instanceId);
  }
  hold(state, mark);
}

/** What comes in between two episodes waits for the next one. */
function hold(state: InstanceState, event: HistoryEvent): void {
  if (state.inEpisode) return;
  if (state.waiting === NOTHING_WAITS) state.waiting = [event];
  else state.waiting.push(event);
}

/** Brings `state` forward by one recorded event. */
export function fold(state: InstanceState, event: HistoryEvent): void {
  const handler = handlers[event.kind] as Handler<HistoryEventKind>;
  handler(state, event);
  state.nextSeq += 1;
  state.historyBytes += eventSize(event);
  if (event.ts > state.clock) state.clock = event.ts;
}

export function foldAll(state: InstanceState, events: readonly HistoryEvent[]): void {
  for (const event of events) fold(state, event);
}

/** True when an episode would hand something to user code: suspensions and resumptions alone are only recorded. */
export function hasDeliverable(events: readonly HistoryEvent[]): boolean {
  return events.some((event) => event.kind !== "ExecutionSuspended" && event.kind !== "ExecutionResumed");
}

export const isDone = (state: InstanceState): boolean => isTerminal(state.status);
