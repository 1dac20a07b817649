import { functionKey } from "../../model/function-name.ts";
import type {
  EntityLockRequested,
  EntityOperationCalled,
  HistoryEvent,
  SubOrchestrationInstanceCreated,
  TaskScheduled,
  TimerCreated,
} from "../../model/history.ts";
import type { EventId } from "../../model/ids.ts";
import type { InstanceState } from "../state.ts";

/** What an instance waits for by its history, oldest first. */
export interface OpenWaits {
  readonly events: readonly NamedEvent[];
  /** Events that came, and for which no wait is recorded. */
  readonly unawaited: readonly NamedEvent[];
  readonly timers: readonly OpenTimerWait[];
  readonly activities: readonly TaskScheduled[];
  readonly children: readonly SubOrchestrationInstanceCreated[];
  readonly calls: readonly EntityOperationCalled[];
  /** Not granted yet. */
  readonly lock: EntityLockRequested | null;
}

export interface NamedEvent {
  readonly name: string;
  readonly since: number;
}

export interface OpenTimerWait {
  readonly created: TimerCreated;
  /** Of the pause before the next attempt of a failed call. */
  readonly retry: { readonly name: string; readonly attempt: number; readonly failure: string | null } | null;
}

/** One pass over the history: the fold has kept what is open, and not since when. */
export function openWaits(state: InstanceState, history: readonly HistoryEvent[]): OpenWaits {
  const timers: OpenTimerWait[] = [];
  const children: SubOrchestrationInstanceCreated[] = [];
  const entityCalls: EntityOperationCalled[] = [];
  let lock: EntityLockRequested | null = null;
  const calls = new Map<EventId, TaskScheduled | SubOrchestrationInstanceCreated>();
  const failures = new Map<EventId, string>();
  for (const event of history) {
    if (event.kind === "TaskScheduled" || event.kind === "SubOrchestrationInstanceCreated") calls.set(event.id, event);
    if (event.kind === "SubOrchestrationInstanceCreated" && state.children.has(event.id)) children.push(event);
    if (event.kind === "EntityOperationCalled" && state.entityCalls.has(event.id)) entityCalls.push(event);
    if (event.kind === "EntityLockRequested" && state.lock?.id === event.id && !state.lock.granted) lock = event;
    if (event.kind === "TaskFailed" || event.kind === "SubOrchestrationInstanceFailed") failures.set(event.taskId, event.failure.message);
    if (event.kind === "TimerCreated" && state.timers.has(event.id))
      timers.push({ created: event, retry: retryOf(event, calls, failures) });
  }
  return {
    events: eventWaits(history),
    unawaited: unawaitedEvents(history),
    timers,
    activities: [...state.activities.values()],
    children,
    calls: entityCalls,
    lock,
  };
}

function retryOf(
  { retryOf: failed }: TimerCreated,
  calls: ReadonlyMap<EventId, TaskScheduled | SubOrchestrationInstanceCreated>,
  failures: ReadonlyMap<EventId, string>,
): OpenTimerWait["retry"] {
  const call = failed === undefined ? undefined : calls.get(failed);
  if (failed === undefined || call === undefined) return null;
  return { name: call.name, attempt: (call.retry?.attempt ?? 1) + 1, failure: failures.get(failed) ?? null };
}

function eventWaits(history: readonly HistoryEvent[]): OpenWaits["events"] {
  let open = new Map<string, number>();
  for (const event of history) {
    if (event.kind !== "OrchestratorCompleted" || event.openEvents === undefined) continue;
    open = new Map(event.openEvents.map((name) => [name, open.get(name) ?? event.ts]));
  }
  return [...open].map(([name, since]) => ({ name, since })).sort((a, b) => a.since - b.since);
}

/** By names alone: a wait that took its event in the episode in which it was made stands in no record. */
function unawaitedEvents(history: readonly HistoryEvent[]): readonly NamedEvent[] {
  const awaited = new Set<string>();
  for (const event of history)
    if (event.kind === "OrchestratorCompleted") for (const name of event.openEvents ?? []) awaited.add(functionKey(name));
  const came = history.flatMap((event) => (event.kind === "EventRaised" ? [{ name: event.name, since: event.ts }] : []));
  return came.filter(({ name }) => !awaited.has(functionKey(name)));
}
