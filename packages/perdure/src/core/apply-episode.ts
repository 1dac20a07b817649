import type { Action } from "../model/action.ts";
import { assertNever } from "../model/assert-never.ts";
import type { EpisodeOutcome } from "../model/executor.ts";
import type { Failure } from "../model/failure.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { EventId, ExecutionId, InstanceId, InstanceNo } from "../model/ids.ts";
import type { ChildResultMessage } from "../model/message.ts";
import type { Payload } from "../model/payload.ts";
import { payload } from "../model/payload.ts";
import { isSameList } from "../model/same-list.ts";
import type { StartSpec } from "../model/start.ts";
import type { TerminalStatus } from "../model/status.ts";
import { clampTime } from "../model/time.ts";
import type { TraceContext } from "../model/trace.ts";
import { childRefused, childStart } from "./child-start.ts";
import type { EntityActionWriter } from "./entity-actions.ts";
import { lockAfter, recordEntityAction, releaseOf } from "./entity-actions.ts";
import { keptIds } from "./message-ids.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Reception } from "./receive.ts";
import type { InstanceState, Labels, NextGeneration } from "./state.ts";

/** What user code made of an episode; null when none ran. */
export interface EpisodeRun {
  readonly actions: readonly Action[];
  readonly customStatus?: Payload | null;
  readonly droppedEvents?: readonly number[];
  readonly outcome: EpisodeOutcome | null;
  readonly openEvents?: readonly string[];
  readonly trace?: TraceContext;
  /** False: no worker has the function, so that no episode was opened; `outcome` is that failure. */
  readonly opened?: false;
}

/** Everything an episode changes, as data. The engine folds `events` into the state, writes all of it in one commit, then lets effects out. */
export interface EpisodeCommit {
  /** Appended to the history of the generation that ran. */
  readonly events: readonly HistoryEvent[];
  /** Absent: unchanged. */
  readonly customStatus?: Payload | null;
  readonly children: readonly ChildStart[];
  readonly messages: readonly Outgoing[];
  readonly end: InstanceEnd | null;
  readonly next: NextGeneration | null;
}

export interface ChildStart {
  readonly start: StartSpec;
  /** The id was made by the engine: no other instance can have it. */
  readonly minted: boolean;
  /** For the waiting parent, when the id belongs to a live instance; null for fire-and-forget. */
  readonly ifExists: { readonly to: InstanceNo; readonly message: ChildResultMessage } | null;
}

export interface InstanceEnd {
  readonly status: TerminalStatus;
  /** What the status shows: the result, the failure's message or the reason, as JSON text. */
  readonly output: Payload | null;
  readonly successor: StartSpec | null;
}

/** The one place where asking becomes history and history becomes effects. `mint` gives execution ids. */
export function applyEpisode(state: InstanceState, reception: Reception, run: EpisodeRun | null, mint: () => ExecutionId): EpisodeCommit {
  if (reception.decision === "end") return terminated(state, reception);
  if (run === null) return { events: reception.events, children: [], messages: [], end: null, next: null };

  const at = reception.at;
  const lock = lockAfter(state, reception.events);
  const writer: Writer = { state, at, mint, lock, events: [...reception.events], children: [], messages: [] };
  if (run.opened !== false) {
    writer.events.push({ kind: "OrchestratorStarted", ts: at });
    if (!state.started) writer.events.push(executionStarted(state, at));
    for (const action of run.actions) record(writer, action);
    writer.events.push(orchestratorCompleted(state, run, at));
  }

  const { events, children, messages } = writer;
  const { customStatus } = run;
  if (run.outcome === null) {
    const commit = { events, children, messages, end: null, next: null };
    return customStatus === undefined ? commit : { ...commit, customStatus };
  }
  const status = customStatus === undefined ? {} : { customStatus };
  if (run.outcome.kind === "continuedAsNew") {
    events.push({ kind: "ContinueAsNew", ts: at, input: run.outcome.input });
    events.push({ kind: "ExecutionCompleted", ts: at, status: "ContinuedAsNew", result: null });
    const notWaitedFor = run.outcome.carryOver.map((event) => ({ ...event, ts: Math.max(event.ts, at) }));
    const carryOver = [...keptIds(state, reception.events, notWaitedFor, at), ...notWaitedFor];
    const next = { executionId: mint(), input: run.outcome.input, labels: labelsOf(state, run.outcome), carryOver };
    messages.push(...releaseOf(state, writer.lock, at));
    return { events, children, messages, end: null, next, ...status };
  }
  return { ...finished(writer, run.outcome), children, ...status };
}

function labelsOf(state: InstanceState, { version, tags }: Extract<EpisodeOutcome, { kind: "continuedAsNew" }>): Labels | null {
  if (version === undefined && tags === undefined) return null;
  return { version: version === undefined ? state.version : version, tags: tags === undefined ? state.tags : tags };
}

/** The events of the episode that is about to run, for the executor: what waited, what came, and the clock. */
export function freshEvents(state: InstanceState, reception: Reception): readonly HistoryEvent[] {
  const opened: HistoryEvent = { kind: "OrchestratorStarted", ts: reception.at };
  const { events } = reception;
  const [first] = events;
  if (first !== undefined && events.length === 1 && state.started && state.waiting.length === 0) return [first, opened]; // mostly
  const before = state.waiting.length === 0 ? events : [...state.waiting, ...events];
  return state.started ? [...before, opened] : [...before, opened, executionStarted(state, reception.at)];
}

interface Writer extends EntityActionWriter {
  readonly mint: () => ExecutionId;
  readonly children: ChildStart[];
}

function executionStarted(state: InstanceState, ts: number): HistoryEvent {
  const { name, executionId, generation, seed, input, version, parent, tags, startAt } = state;
  const started: HistoryEvent = { kind: "ExecutionStarted", ts, name, executionId, generation, seed, input, version, parent, tags };
  return startAt === null || generation > 0 ? started : { ...started, startAt };
}

function orchestratorCompleted({ openEvents: before }: InstanceState, run: EpisodeRun, ts: number): HistoryEvent {
  const completed: HistoryEvent = { kind: "OrchestratorCompleted", ts };
  const { droppedEvents, openEvents, trace, outcome } = run;
  const isNews = openEvents !== undefined && outcome === null && !isSameList(openEvents, before);
  if (droppedEvents === undefined && trace === undefined && !isNews) return completed;
  return {
    ...completed,
    ...(droppedEvents === undefined ? {} : { droppedEvents }),
    ...(isNews ? { openEvents } : {}),
    ...(trace === undefined ? {} : { trace }),
  };
}

function record(writer: Writer, action: Action): void {
  const ts = writer.at;
  switch (action.kind) {
    case "callActivity":
      writer.events.push(taskScheduled(action, ts));
      return;
    case "createTimer": {
      const { kind: _, ...timer } = action;
      writer.events.push({ kind: "TimerCreated", ts, ...timer, fireAt: clampTime(timer.fireAt) });
      return;
    }
    case "cancelTimer":
      writer.events.push({ kind: "TimerCanceled", ts, timerId: action.timerId });
      return;
    case "markPatch":
      writer.events.push({ kind: "PatchMarked", ts, patch: action.patch });
      return;
    case "sendEvent": {
      const { id, instanceId, name, input } = action;
      writer.events.push({ kind: "EventSent", ts, id, instanceId, name, input });
      writer.messages.push({ to: { instanceId }, message: { kind: "event", ts, name, input } });
      return;
    }
    case "callSubOrchestrator":
    case "startOrchestration":
      recordChild(writer, action);
      return;
    case "callEntity":
    case "signalEntity":
    case "lockEntities":
    case "releaseLock":
      recordEntityAction(writer, action);
      return;
    default:
      assertNever(action);
  }
}

/** Most calls have the first four fields alone: a copy by rest and spread would be made for each activity. */
function taskScheduled(action: Extract<Action, { kind: "callActivity" }>, ts: number): HistoryEvent {
  const { id, name, input, retry, timeoutMs, progress, slot, version, tags, trace } = action;
  if ((retry ?? timeoutMs ?? progress ?? slot ?? version ?? tags ?? trace) !== undefined) {
    const { kind: _, ...call } = action;
    return { kind: "TaskScheduled", ts, ...call };
  }
  return { kind: "TaskScheduled", ts, id, name, input };
}

function recordChild(writer: Writer, action: Extract<Action, { kind: "callSubOrchestrator" | "startOrchestration" }>): void {
  const { state, at: ts } = writer;
  const { id, name, instanceId, input, minted } = action;
  const fireAndForget = action.kind === "startOrchestration";
  const tags = action.tags === null && state.tags === null ? null : { ...state.tags, ...action.tags };
  const retry = action.kind === "callSubOrchestrator" && action.retry !== undefined ? { retry: action.retry } : {};
  const trace = action.trace === undefined ? {} : { trace: action.trace };
  const { version } = action;
  const created = { ts, id, name, instanceId, input, version, tags, fireAndForget, ...retry, ...trace };
  writer.events.push({ kind: "SubOrchestrationInstanceCreated", ...created });
  const call = childStart(state, created, instanceId, writer.mint());
  const startAt = action.kind === "startOrchestration" && action.startAt !== null ? clampTime(action.startAt) : null;
  const start = fireAndForget ? { ...call, parent: null, startAt } : call;
  const ifExists = fireAndForget ? null : { to: state.no, message: childRefused(state, created, instanceId, ts) };
  writer.children.push({ start, minted, ifExists });
}

function finished(writer: Writer, outcome: Exclude<EpisodeOutcome, { kind: "continuedAsNew" }>): Omit<EpisodeCommit, "children"> {
  const { state, at, events, messages } = writer;
  messages.push(...releaseOf(state, writer.lock, at));
  if (outcome.kind === "completed") {
    events.push({ kind: "ExecutionCompleted", ts: at, status: "Completed", result: outcome.output });
    messages.push(...reply(state, at, { result: outcome.output }));
    return { events, messages, end: { status: "Completed", output: outcome.output, successor: null }, next: null };
  }
  const { failure, causedBy } = outcome;
  const causes = causedBy === undefined ? {} : { causedBy };
  events.push({ kind: "ExecutionCompleted", ts: at, status: "Failed", result: null, failure, ...causes });
  messages.push(...reply(state, at, { result: null, failure }));
  return { events, messages, end: { status: "Failed", output: jsonText(failure.message), successor: null }, next: null };
}

function terminated(state: InstanceState, reception: Reception): EpisodeCommit {
  const ts = reception.at;
  const last = reception.events.at(-1);
  const reason = last?.kind === "ExecutionTerminated" ? last.reason : null;
  const output = reason === null ? null : jsonText(reason);
  const events: HistoryEvent[] = [...reception.events, { kind: "ExecutionCompleted", ts, status: "Terminated", result: output }];
  const messages: Outgoing[] = [...releaseOf(state, lockAfter(state, reception.events), ts)];
  if (reception.recursive) {
    const openChildren = childrenAfter(state, reception.events);
    for (const instanceId of openChildren) {
      messages.push({ to: { instanceId }, message: { kind: "terminate", ts, reason, recursive: true } });
    }
  }
  const failure: Failure = {
    errorType: "OrchestrationTerminatedError",
    message: `Orchestration instance "${state.instanceId}" was terminated${reason === null ? "" : `: ${reason}`}`,
    isNonRetriable: true,
  };
  messages.push(...reply(state, ts, { result: null, failure }));
  return { events, children: [], messages, end: { status: "Terminated", output, successor: reception.successor }, next: null };
}

/** Children still open once what came in together with the terminate is counted. */
function childrenAfter(state: InstanceState, events: readonly HistoryEvent[]): readonly InstanceId[] {
  const ended = new Set<EventId>();
  for (const event of events) {
    if (event.kind === "SubOrchestrationInstanceCompleted" || event.kind === "SubOrchestrationInstanceFailed") ended.add(event.taskId);
  }
  return [...state.children].filter(([id]) => !ended.has(id)).map(([, instanceId]) => instanceId);
}

function reply(
  state: InstanceState,
  ts: number,
  result: { readonly result: Payload | null; readonly failure?: Failure },
): readonly Outgoing[] {
  if (state.parent === null) return [];
  const { no, generation, taskId } = state.parent;
  const kind = result.failure === undefined ? "childCompleted" : "childFailed";
  return [{ to: { no }, message: { kind, ts, generation, taskId, ...result } }];
}

const jsonText = (text: string): Payload => payload(JSON.stringify(text));
