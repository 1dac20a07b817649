import type { HistoryEvent } from "../model/history.ts";
import type { EventId } from "../model/ids.ts";
import { eventId } from "../model/ids.ts";

/** A history on its way to another one. */
export interface Draft {
  /** Whole episodes, with what each was given. */
  readonly kept: readonly HistoryEvent[];
  /** What came in behind them and stays: it is delivered again. */
  readonly waiting: readonly HistoryEvent[];
  /** As `edited` of the mark. */
  readonly edited: readonly EventId[];
  /** As of the mark. */
  readonly firstEdited: number;
  readonly droppedEpisodes: number;
  /** Timers whose firing was taken out: their full time begins again. */
  readonly timedOut: readonly EventId[];
}

/** The history as it is. An end is not taken over. */
export function draftOf(history: readonly HistoryEvent[]): Draft {
  const end = history.findLastIndex(({ kind }) => kind === "OrchestratorCompleted") + 1;
  const kept = history.slice(0, end);
  const waiting = history.slice(end).filter((event) => staysBehind(event, lastActionOf(kept)));
  return { kept, waiting, edited: [], firstEdited: 0, droppedEpisodes: 0, timedOut: [] };
}

/**
 * Takes the failures out that ended the execution: those that its end names as its causes, else those that its last episode was given. Where there are
 * none, the last episode itself is taken back, and runs again. What the code did about a failure before it ended is still in there: the replay finds out.
 */
export function withoutFailures(history: readonly HistoryEvent[]): Draft {
  const draft = draftOf(history);
  const end = history.at(-1);
  if (end?.kind !== "ExecutionCompleted" || !isEndedByCode(history)) return draft;
  const episodes = countEpisodes(draft.kept);
  const causes = new Set(end.causedBy ?? failuresGiven(draft.kept, episodes));
  const isCause = (event: HistoryEvent) => failedBy(event) !== null && causes.has(failedBy(event) as EventId);
  const taken = draft.kept.filter(isCause);
  if (taken.length === 0) return cutBefore(draft, episodes);
  return withoutHalfEntities({
    ...draft,
    kept: draft.kept.filter((event) => !isCause(event)),
    edited: taken.map((event) => failedBy(event) as EventId).sort((a, b) => a - b),
    firstEdited: Math.min(...taken.map((event) => givenTo(draft.kept, event))),
    timedOut: taken.flatMap((event) => (event.kind === "TimerFired" ? [event.timerId] : [])),
  });
}

export const isEndedByCode = (history: readonly HistoryEvent[]): boolean =>
  history.at(-1)?.kind === "ExecutionCompleted" && history.at(-2)?.kind === "OrchestratorCompleted";

/** Drops this episode (from 1) and all behind it. Kept are what came in for calls that stay, and all external events. */
export function cutBefore(draft: Draft, episode: number): Draft {
  const place = episodeStart(draft.kept, episode);
  const kept = draft.kept.slice(0, place);
  const lost = draft.kept.slice(place);
  const last = lastActionOf(kept);
  const waiting = [...lost, ...draft.waiting].filter((event) => staysBehind(event, last));
  return withoutHalfEntities({ ...draft, kept, waiting, droppedEpisodes: draft.droppedEpisodes + countEpisodes(lost) });
}

/**
 * Cuts further, to before the code asked for what only it can ask for again: a critical section that was open (its locks were released with the end of the
 * execution), and operations of entities without an answer (one that came after the end was dropped).
 */
export function withoutHalfEntities(draft: Draft): Draft {
  const open = new Set<EventId>();
  for (const event of [...draft.kept, ...draft.waiting]) {
    if (event.kind === "EntityLockRequested" || event.kind === "EntityOperationCalled") open.add(event.id);
    if (event.kind === "EntityUnlockSent") open.delete(event.lockId);
    if (event.kind === "EntityOperationCompleted" || event.kind === "EntityOperationFailed") open.delete(event.taskId);
  }
  if (open.size === 0) return draft;
  const first = draft.kept.findIndex((event) => "id" in event && open.has(event.id));
  return cutBefore(draft, countEpisodes(draft.kept.slice(0, first)));
}

export const countEpisodes = (events: readonly HistoryEvent[]): number =>
  events.reduce((count, { kind }) => count + (kind === "OrchestratorStarted" ? 1 : 0), 0);

/** Number of the last action; -1: none. */
export const lastActionOf = (events: readonly HistoryEvent[]): EventId =>
  events.reduce((last, event) => ("id" in event && event.id > last ? event.id : last), eventId(-1));

/** Where what this episode (from 1) was given begins; behind the last one: the end. */
export function episodeStart(events: readonly HistoryEvent[], episode: number): number {
  let started = 0;
  let start = 0;
  for (const [at, { kind }] of events.entries()) {
    if (kind === "OrchestratorStarted") {
      started += 1;
      if (started === episode) return start;
    }
    if (kind === "OrchestratorCompleted") start = at + 1;
  }
  return events.length;
}

/** The episode (from 1) that was given this event. */
export const givenTo = (events: readonly HistoryEvent[], event: HistoryEvent): number =>
  countEpisodes(events.slice(0, events.indexOf(event))) + 1;

/** The number of the action that an event answers; null: it answers none. */
export function answered(event: HistoryEvent): EventId | null {
  if (event.kind === "TimerFired") return event.timerId;
  return "taskId" in event ? event.taskId : null;
}

/** It was not delivered by the episodes that are taken over, and answers one of their calls, or nothing. */
function staysBehind(event: HistoryEvent, lastAction: EventId): boolean {
  if (event.kind === "EventRaised" || event.kind === "MessageIdsKept") return true;
  const call = answered(event);
  return call !== null && call <= lastAction;
}

/** Whose failure an event brings; null: none. */
function failedBy(event: HistoryEvent): EventId | null {
  switch (event.kind) {
    case "TaskFailed":
    case "SubOrchestrationInstanceFailed":
    case "EntityOperationFailed":
      return event.taskId;
    case "TimerFired":
      return event.timerId;
    default:
      return null;
  }
}

/** A timer that fired is not a failure by itself. */
function failuresGiven(events: readonly HistoryEvent[], episode: number): readonly EventId[] {
  const given = events.slice(episodeStart(events, episode));
  return given.flatMap((event) => (event.kind === "TimerFired" ? [] : (failedBy(event) ?? [])));
}
