import type { ExecutionStarted, HistoryEvent, Tags } from "../model/history.ts";
import type { EventId } from "../model/ids.ts";
import type { Payload } from "../model/payload.ts";
import type { Draft } from "./rewind.ts";
import { answered, countEpisodes, cutBefore, episodeStart, givenTo, isEndedByCode, lastActionOf, withoutHalfEntities } from "./rewind.ts";

/** Where a fork leaves its original. */
export type ForkPoint =
  /** Before this event of the history, from 1; inside an episode: before the episode. */
  | { readonly event: number }
  /** Behind so many episodes; 0: at the beginning. */
  | { readonly checkpoint: number }
  /** Before the episode that first asks for this activity or sub-orchestration. */
  | { readonly before: string };

export interface ForkEdits {
  /** Absent: that of the original. */
  readonly input?: Payload | null;
  /** By number of the call; each is a completion, whatever is recorded. */
  readonly results: ReadonlyMap<EventId, Payload | null>;
  /** Which external events behind the point are kept. */
  readonly keepsEvent: (name: string) => boolean;
  /** Results behind the point stay for calls before it. */
  readonly keepsCompletions: boolean;
  readonly version: string | null;
  readonly tags: Tags;
}

export interface ForkPlace {
  /** Index in the history: what stands before it belongs to the fork. */
  readonly at: number;
  /** The time at the point. */
  readonly ts: number;
}

/** Null: the history has no such point. */
export function forkPlace(
  history: readonly HistoryEvent[],
  point: ForkPoint,
  sameName: (a: string, b: string) => boolean,
): ForkPlace | null {
  const at =
    "event" in point
      ? point.event - 1
      : "checkpoint" in point
        ? behind(history, point.checkpoint)
        : asksFor(history, point.before, sameName);
  if (at < 0 || at > history.length) return null;
  // Inside an episode: at its OrchestratorStarted.
  const opened = history.slice(0, at).findLastIndex(({ kind }) => kind === "OrchestratorStarted");
  const closed = history.slice(0, at).findLastIndex(({ kind }) => kind === "OrchestratorCompleted");
  const place = opened > closed ? opened : at;
  return { at: place, ts: history[place - 1]?.ts ?? history[0]?.ts ?? 0 };
}

function behind(history: readonly HistoryEvent[], episodes: number): number {
  if (!(episodes >= 0) || episodes > countEpisodes(history)) return -1;
  return episodeStart(history, episodes + 1) === history.length
    ? history.findLastIndex(({ kind }) => kind === "OrchestratorCompleted") + 1
    : episodeStart(history, episodes + 1);
}

function asksFor(history: readonly HistoryEvent[], name: string, sameName: (a: string, b: string) => boolean): number {
  return history.findIndex(
    (event) => (event.kind === "TaskScheduled" || event.kind === "SubOrchestrationInstanceCreated") && sameName(event.name, name),
  );
}

/** The part of a history that a fork takes over, edited. */
export function forkDraft(history: readonly HistoryEvent[], { at }: ForkPlace, edits: ForkEdits): Draft {
  const end = history.slice(0, at).findLastIndex(({ kind }) => kind === "OrchestratorCompleted") + 1;
  const before = history.slice(0, end);
  const last = lastActionOf(before);
  const kept = before.map((event) => edit(event, edits));
  const waiting = history.slice(end).filter((event, place) => {
    const call = answered(event);
    const isBefore = end + place < at;
    if (event.kind === "EventRaised") return isBefore || edits.keepsEvent(event.name);
    return call !== null && call <= last && (isBefore || (edits.keepsCompletions && event.kind !== "TimerFired"));
  });
  const open = [...waiting.map((event) => edit(event, edits)), ...answersToOpen([...kept, ...waiting], edits)];
  const changed = before.filter((event) => isEdited(event, edits));
  const episodes = changed.map((event) => (event.kind === "ExecutionStarted" ? 1 : givenTo(before, event)));
  const draft: Draft = {
    kept,
    waiting: open,
    edited: [...edits.results.keys()].sort((a, b) => a - b),
    firstEdited: episodes.length === 0 ? 0 : Math.min(...episodes),
    droppedEpisodes: countEpisodes(history.slice(end)),
    timedOut: [],
  };
  // The episode in which the code ended runs again: code that has ended can't go on.
  const keepsEnd = isEndedByCode(history) && end === history.length - 1;
  return keepsEnd ? cutBefore(draft, countEpisodes(kept)) : withoutHalfEntities(draft);
}

/** Calls whose results may be given: those that the fork takes over. */
export function callsBefore(history: readonly HistoryEvent[], { at }: ForkPlace): ReadonlySet<EventId> {
  const calls = new Set<EventId>();
  for (const event of history.slice(0, at))
    if (event.kind === "TaskScheduled" || (event.kind === "SubOrchestrationInstanceCreated" && !event.fireAndForget)) calls.add(event.id);
  return calls;
}

function isEdited(event: HistoryEvent, { results, input }: ForkEdits): boolean {
  if (event.kind === "ExecutionStarted") return input !== undefined && input !== event.input;
  return isResult(event) && results.has(event.taskId);
}

type Result = Extract<
  HistoryEvent,
  { readonly kind: "TaskCompleted" | "TaskFailed" | "SubOrchestrationInstanceCompleted" | "SubOrchestrationInstanceFailed" }
>;

const isResult = (event: HistoryEvent): event is Result =>
  event.kind === "TaskCompleted" ||
  event.kind === "TaskFailed" ||
  event.kind === "SubOrchestrationInstanceCompleted" ||
  event.kind === "SubOrchestrationInstanceFailed";

function edit(event: HistoryEvent, edits: ForkEdits): HistoryEvent {
  if (event.kind === "ExecutionStarted") return startedAs(event, edits);
  if (!isResult(event) || !edits.results.has(event.taskId)) return event;
  const kind = event.kind.startsWith("Task") ? "TaskCompleted" : "SubOrchestrationInstanceCompleted";
  return { kind, ts: event.ts, taskId: event.taskId, result: edits.results.get(event.taskId) ?? null };
}

/** The original's parent does not wait for the fork. */
function startedAs(started: ExecutionStarted, { input, version, tags }: ForkEdits): ExecutionStarted {
  return { ...started, ...(input === undefined ? {} : { input }), version, tags, parent: null };
}

/** Results of calls that had none at the point. */
function answersToOpen(events: readonly HistoryEvent[], { results }: ForkEdits): readonly HistoryEvent[] {
  const open = new Map(results);
  for (const event of events) if (isResult(event)) open.delete(event.taskId);
  const ts = events.at(-1)?.ts ?? 0;
  return events.flatMap((event): readonly HistoryEvent[] => {
    if ((event.kind !== "TaskScheduled" && event.kind !== "SubOrchestrationInstanceCreated") || !open.has(event.id)) return [];
    const kind = event.kind === "TaskScheduled" ? "TaskCompleted" : "SubOrchestrationInstanceCompleted";
    return [{ kind, ts, taskId: event.id, result: open.get(event.id) ?? null }];
  });
}
