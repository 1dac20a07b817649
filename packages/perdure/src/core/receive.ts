import { assertNever } from "../model/assert-never.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { EventId } from "../model/ids.ts";
import type { ChildResultMessage, EntityReply, Message, TaskResultMessage } from "../model/message.ts";
import type { StartSpec } from "../model/start.ts";
import { acceptsReply } from "./edited.ts";
import { hasDeliverable } from "./fold.ts";
import type { InstanceState } from "./state.ts";

/** What a delivery of messages and due timers means for an instance, before any user code runs. */
export interface Reception {
  /** To be recorded, in this order, outside an episode. */
  readonly events: readonly HistoryEvent[];
  /** The instance's time for what is recorded now: never earlier than its clock. */
  readonly at: number;
  /** `run`: open an episode · `record`: only write the events down · `end`: terminated, no user code · `stop`: an activity was stopped for crashes. */
  readonly decision: "run" | "record" | "end" | "stop";
  readonly recursive: boolean;
  /** The run that takes this one's place, after a replace message. */
  readonly successor: StartSpec | null;
  /** Messages looked at: those behind a terminate are not. */
  readonly taken: number;
  readonly poison: string | null;
}

/**
 * Messages keep their order; due timers are put before the first message that was accepted after they were due. Dropped without a trace:
 * replies to another generation, second completions, events whose message id was seen, suspend while suspended, resume while running.
 */
export function receive(state: InstanceState, messages: readonly Message[], now: number): Reception {
  const intake = new Intake(state, now);
  for (const message of messages) {
    intake.fireTimersUpTo(Math.min(message.ts, now));
    intake.take(message);
    if (intake.decision !== null) break;
  }
  if (intake.decision === null) intake.fireTimersUpTo(now);
  return {
    events: intake.events,
    at: intake.at,
    decision: intake.decision ?? (mayRun(state, intake) ? "run" : "record"),
    recursive: intake.recursive,
    successor: intake.successor,
    taken: intake.taken,
    poison: intake.poison,
  };
}

function mayRun(state: InstanceState, intake: Intake): boolean {
  if (intake.suspended) return false;
  if (!state.started) return state.startAt === null || state.generation > 0 || state.startAt <= intake.at;
  return hasDeliverable(intake.events) || hasDeliverable(state.waiting);
}

/** One pass over the messages of an episode. Keeps what the events gathered so far change, so that the state itself stays untouched. */
class Intake {
  readonly events: HistoryEvent[] = [];
  readonly at: number;
  decision: "end" | "stop" | null = null;
  recursive = false;
  successor: StartSpec | null = null;
  poison: string | null = null;
  taken = 0;
  suspended: boolean;
  readonly #state: InstanceState;
  /** Most episodes complete one: a set of its own for each would be made five times for five activities. */
  #firstCompleted: EventId | null = null;
  #completed: Set<EventId> | null = null;
  #messageIds: Set<string> | null = null;
  /** Open timers by time; sorted only when there are several. */
  #timers: [EventId, number][] | null = null;

  constructor(state: InstanceState, now: number) {
    this.#state = state;
    this.at = Math.max(now, state.clock);
    this.suspended = state.suspended;
  }

  fireTimersUpTo(time: number): void {
    if (this.#state.timers.size === 0) return;
    this.#timers ??= [...this.#state.timers].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
    for (let first = this.#timers[0]; first !== undefined && first[1] <= time; first = this.#timers[0]) {
      this.#timers.shift();
      this.events.push({ kind: "TimerFired", ts: this.at, timerId: first[0], fireAt: first[1] });
    }
  }

  take(message: Message): void {
    this.taken += 1;
    switch (message.kind) {
      case "event":
        this.#event(message);
        return;
      case "taskCompleted":
      case "taskFailed":
        this.#taskResult(message);
        return;
      case "childCompleted":
      case "childFailed":
        this.#childResult(message);
        return;
      case "suspend":
        if (!this.suspended) this.events.push({ kind: "ExecutionSuspended", ts: this.at, reason: message.reason });
        this.suspended = true;
        return;
      case "resume":
        if (this.suspended) this.events.push({ kind: "ExecutionResumed", ts: this.at, reason: message.reason });
        this.suspended = false;
        return;
      case "terminate":
        this.#end(message.reason, message.recursive ?? false);
        return;
      case "replace":
        this.#end(`Replaced by a new start of "${message.start.name}"`, false);
        this.successor = message.start;
        return;
      case "entityCompleted":
      case "entityFailed":
        this.#entityResult(message);
        return;
      case "lockGranted":
        this.#grant(message);
        return;
      case "entityOp":
      case "entityLock":
      case "entityRelease":
      case "entityPurge":
        return; // for entities, and no orchestration has the id of one
      default:
        assertNever(message);
    }
  }

  #event(message: Extract<Message, { kind: "event" }>): void {
    const { messageId, name, input } = message;
    if (messageId === undefined) {
      this.events.push({ kind: "EventRaised", ts: this.at, name, input });
      return;
    }
    this.#messageIds ??= new Set();
    if (this.#state.messageIds.has(messageId) || this.#messageIds.has(messageId)) return;
    this.#messageIds.add(messageId);
    this.events.push({ kind: "EventRaised", ts: this.at, name, input, messageId });
  }

  #taskResult(message: TaskResultMessage): void {
    const { taskId } = message;
    if (!acceptsReply(this.#state, message) || !this.#state.activities.has(taskId) || this.#isCompleted(taskId)) return;
    if (message.poison !== undefined) {
      this.decision = "stop";
      this.poison = message.poison;
      return;
    }
    this.#noteCompleted(taskId);
    if (message.failure === undefined) {
      this.events.push(taskCompleted(message, this.at));
      return;
    }
    const { failure, progress, ran, by } = message;
    const ranAt = ran === undefined || by === undefined ? {} : { ran, by };
    this.events.push({ kind: "TaskFailed", ts: this.at, taskId, failure, ...(progress === undefined ? {} : { progress }), ...ranAt });
  }

  #childResult(message: ChildResultMessage): void {
    const { taskId } = message;
    if (!acceptsReply(this.#state, message) || !this.#state.children.has(taskId) || this.#isCompleted(taskId)) return;
    this.#noteCompleted(taskId);
    this.events.push(
      message.failure === undefined
        ? { kind: "SubOrchestrationInstanceCompleted", ts: this.at, taskId, result: message.result }
        : { kind: "SubOrchestrationInstanceFailed", ts: this.at, taskId, failure: message.failure },
    );
  }

  #entityResult({ generation, taskId, result, failure }: EntityReply): void {
    if (!acceptsReply(this.#state, { generation, taskId }) || !this.#state.entityCalls.has(taskId) || this.#isCompleted(taskId)) return;
    this.#noteCompleted(taskId);
    this.events.push(
      failure === undefined
        ? { kind: "EntityOperationCompleted", ts: this.at, taskId, result }
        : { kind: "EntityOperationFailed", ts: this.at, taskId, failure },
    );
  }

  /** One that comes after the section was given up finds none, or a later one. */
  #grant({ generation, taskId }: EntityReply): void {
    const { lock } = this.#state;
    if (!acceptsReply(this.#state, { generation, taskId }) || lock?.id !== taskId || lock.granted || this.#isCompleted(taskId)) return;
    this.#noteCompleted(taskId);
    this.events.push({ kind: "EntityLockGranted", ts: this.at, taskId });
  }

  #isCompleted(id: EventId): boolean {
    return this.#firstCompleted === id || this.#completed?.has(id) === true;
  }

  #noteCompleted(id: EventId): void {
    if (this.#firstCompleted === null) {
      this.#firstCompleted = id;
      return;
    }
    this.#completed ??= new Set();
    this.#completed.add(id);
  }

  #end(reason: string | null, recursive: boolean): void {
    this.decision = "end";
    this.recursive = recursive;
    this.events.push({ kind: "ExecutionTerminated", ts: this.at, reason, recursive });
  }
}

function taskCompleted({ taskId, result, ran, by }: TaskResultMessage, ts: number): HistoryEvent {
  return ran === undefined || by === undefined
    ? { kind: "TaskCompleted", ts, taskId, result }
    : { kind: "TaskCompleted", ts, taskId, result, ran, by };
}
