import type { Action } from "../model/action.ts";
import type { ActivityRequest, EpisodeOutcome, EpisodeRequest, EpisodeResult } from "../model/executor.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { Payload } from "../model/payload.ts";
import type { FromThread, ToThread } from "./messages.ts";

type Message = ToThread | FromThread;
type Ran = Extract<EpisodeResult, { readonly kind: "ran" }>;
type A = ActivityRequest;
type E = EpisodeRequest;

const ACTIVITY = 1;
const EPISODE = 2;
const RESULT = 3;
const RAN = 4;

/**
 * The messages of which an orchestration has many, as lists of their fields: the JSON text of five activities, their results and the episodes around them takes
 * 14 µs to write, send and read, and 32 µs as objects (Node 26.10, 2026-11-30). What has other fields than these stays an object.
 */
export type Row = ActivityRow | EpisodeRow | ResultRow | RanRow;

type ActivityRow = readonly [
  ...[kind: typeof ACTIVITY, call: number, no: A["no"], generation: number, eventId: A["eventId"], instanceId: A["instanceId"]],
  ...[name: string, input: A["input"], alone: boolean, attempt: number, seed: A["seed"], callId: A["callId"]],
  ...[timeoutMs: A["timeoutMs"], progress: A["progress"], version: A["version"], tags: A["tags"], trace: A["trace"]],
];
/** `isFirst`: its history is empty; else it has none. */
type EpisodeRow = readonly [
  ...[kind: typeof EPISODE, call: number, no: E["no"], attempt: number, instanceId: E["instanceId"], generation: number],
  ...[name: string, version: E["version"], alone: boolean, episode: number, isFirst: boolean, fresh: readonly EventRow[]],
];
type ResultRow = readonly [kind: typeof RESULT, call: number, result: Payload | null];
type RanRow = readonly [kind: typeof RAN, call: number, actions: readonly ActionRow[], outcome: OutcomeRow, openEvents: readonly string[]];

type Completed = Extract<HistoryEvent, { readonly kind: "TaskCompleted" }>;
type CallActivity = Extract<Action, { readonly kind: "callActivity" }>;

/** A number: an OrchestratorStarted of that time. */
type EventRow =
  | number
  | readonly [ts: number, taskId: Completed["taskId"], result: Payload | null, ran: number, by: NonNullable<Completed["by"]>]
  | HistoryEvent;
type ActionRow = readonly [id: CallActivity["id"], name: string, input: Payload | null] | Action;
type OutcomeRow = readonly [output: Payload | null] | EpisodeOutcome | null;

/** The message itself: it has no row. Of an episode that is asked for with recorded events there is none. */
export function toRow(message: Message): Message | Row {
  if (message.kind === "run") {
    const { call, work } = message;
    if (work.kind === "activity") return activityRow(call, work.request) ?? message;
    return work.kind === "episode" ? (episodeRow(call, work.request) ?? message) : message;
  }
  if (message.kind !== "answer") return message;
  const { call, answer } = message;
  if (answer.kind === "completed") return [RESULT, call, answer.result];
  return answer.kind === "ran" && "outcome" in answer ? (ranRow(call, answer) ?? message) : message;
}

export function fromRow(row: Row): Message {
  switch (row[0]) {
    case ACTIVITY:
      return { kind: "run", call: row[1], work: { kind: "activity", request: activityOf(row) } };
    case EPISODE:
      return { kind: "run", call: row[1], work: { kind: "episode", request: episodeOf(row) } };
    case RESULT:
      return { kind: "answer", call: row[1], answer: { kind: "completed", result: row[2] } };
    case RAN:
      return { kind: "answer", call: row[1], answer: ranOf(row) };
  }
}

function activityRow(call: number, of: ActivityRequest): ActivityRow | null {
  if (fieldsOf(of) !== 15) return null;
  const { no, generation, eventId, instanceId, name, input, alone, attempt, seed, callId, timeoutMs, progress, version, tags, trace } = of;
  // biome-ignore format: one line of the type for each
  return [
    ACTIVITY, call, no, generation, eventId, instanceId,
    name, input, alone, attempt, seed, callId,
    timeoutMs, progress, version, tags, trace,
  ];
}

const activityOf = (row: ActivityRow): ActivityRequest => ({
  no: row[2],
  generation: row[3],
  eventId: row[4],
  instanceId: row[5],
  name: row[6],
  input: row[7],
  alone: row[8],
  attempt: row[9],
  seed: row[10],
  callId: row[11],
  timeoutMs: row[12],
  progress: row[13],
  version: row[14],
  tags: row[15],
  trace: row[16],
});

function episodeRow(call: number, of: EpisodeRequest): EpisodeRow | null {
  if (fieldsOf(of) !== 10) return null;
  const { no, attempt, instanceId, generation, name, version, alone, episode, history, fresh } = of;
  // biome-ignore format: one line of the type for each
  return [
    EPISODE, call, no, attempt, instanceId, generation,
    name, version, alone, episode, history !== null, fresh.map(eventRow),
  ];
}

const episodeOf = (row: EpisodeRow): EpisodeRequest => ({
  no: row[2],
  attempt: row[3],
  instanceId: row[4],
  generation: row[5],
  name: row[6],
  version: row[7],
  alone: row[8],
  episode: row[9],
  history: row[10] ? [] : null,
  fresh: row[11].map(eventOf),
});

function eventRow(event: HistoryEvent): EventRow {
  if (event.kind === "OrchestratorStarted") return fieldsOf(event) === 2 ? event.ts : event;
  if (event.kind !== "TaskCompleted") return event;
  const { ts, taskId, result, ran, by } = event;
  return ran === undefined || by === undefined || fieldsOf(event) !== 6 ? event : [ts, taskId, result, ran, by];
}

function eventOf(row: EventRow): HistoryEvent {
  if (typeof row === "number") return { kind: "OrchestratorStarted", ts: row };
  if ("kind" in row) return row;
  return { kind: "TaskCompleted", ts: row[0], taskId: row[1], result: row[2], ran: row[3], by: row[4] };
}

function ranRow(call: number, answer: Ran): RanRow | null {
  const { actions, outcome, openEvents } = answer;
  if (openEvents === undefined || fieldsOf(answer) !== 4) return null;
  const outcomeRow: OutcomeRow = outcome?.kind === "completed" ? [outcome.output] : outcome;
  return [RAN, call, actions.map(actionRow), outcomeRow, openEvents];
}

function ranOf(row: RanRow): Ran {
  const outcome = row[3];
  return {
    kind: "ran",
    actions: row[2].map(actionOf),
    outcome: outcome === null || "kind" in outcome ? outcome : { kind: "completed", output: outcome[0] },
    openEvents: row[4],
  };
}

const actionRow = (action: Action): ActionRow =>
  action.kind === "callActivity" && fieldsOf(action) === 4 ? [action.id, action.name, action.input] : action;

const actionOf = (row: ActionRow): Action => ("kind" in row ? row : { kind: "callActivity", id: row[0], name: row[1], input: row[2] });

/** Those that are absent must stay so. V8 keeps the names of all objects that were made alike in one place: this takes 20 ns. */
function fieldsOf(object: object): number {
  let count = 0;
  for (const _ in object) count += 1;
  return count;
}
