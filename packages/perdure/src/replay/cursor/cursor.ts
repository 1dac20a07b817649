import type { ErrorCode } from "../../errors/catalogue.ts";
import { fault, messageOf } from "../../errors/perdure-error.ts";
import type { Action } from "../../model/action.ts";
import type { EpisodeOutcome, EpisodeResult } from "../../model/executor.ts";
import type { Failure } from "../../model/failure.ts";
import type { EventRaised, ExecutionStarted, HistoryEvent } from "../../model/history.ts";
import type { EventId, InstanceId, InstanceNo } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import type { OrchestrationScope } from "../../process/code-scope.ts";
import { outsideOrchestration, runScoped } from "../../process/code-scope.ts";
import { errorStack, isError, valueText } from "../../telemetry/value-text.ts";
import { failureOf } from "../failures/failure-of.ts";
import { stopCodeOf } from "../failures/stop.ts";
import { OrchestrationContextCore } from "../functions/context.ts";
import type { OrchestratorDefinition } from "../functions/definition.ts";
import { CallTask } from "../tasks/call-task.ts";
import type { TaskCore } from "../tasks/durable-task.ts";
import type { EventTaskCore } from "../tasks/event-task.ts";
import { retriedAttempts } from "../tasks/retry-verdict.ts";
import type { TimerTaskCore } from "../tasks/timer-task.ts";
import { ExecutionValues } from "../values/execution-values.ts";
import { foldName } from "../values/fold-name.ts";
import { validateNow } from "../values/schema.ts";
import type { Mismatch } from "./action-ledger.ts";
import { ActionLedger } from "./action-ledger.ts";
import { divergenceText } from "./action-match.ts";
import type { CursorHost } from "./cursor-host.ts";
import type { Drained } from "./drain.ts";
import { DroppedEvents } from "./dropped-events.ts";
import { EventBox } from "./event-box.ts";
import { EventFeed } from "./event-feed.ts";

const NO_EVENTS: readonly HistoryEvent[] = [];

/** Whose code it is and where it begins. */
export interface CursorTarget {
  readonly no: InstanceNo;
  readonly instanceId: InstanceId;
  readonly generation: number;
  readonly definition: OrchestratorDefinition;
}

/** What continueAsNew asked for; effective when the function returns. */
export interface Continuation {
  readonly input: Payload | null;
  readonly preserveEvents: boolean;
}

/**
 * One running call of an orchestrator function, kept between episodes; replay is the same code fed with recorded events.
 *
 *   new ──ExecutionStarted──► running ──function settles──► ended
 *                                │ divergence, late use, guard, stuck
 *                                └──────────────────────────► stopped
 *
 * An event is applied only when no microtask of the instance is left (the *window* is closed); it settles at most one task, the window
 * opens, all that follows is drained, the window closes. So each window starts from the same state whether its events came together or
 * days apart, which is why live order equals replay order. Never settle two events of one instance in one drain.
 *
 * Cost (Node 26.10, 2 vCPU): see `docs/performance.md`, "live cursor". Nothing here copies a history or makes a closure per event.
 */
export class Cursor implements OrchestrationScope, Drained {
  readonly host: CursorHost;
  readonly no: InstanceNo;
  readonly instanceId: InstanceId;
  readonly generation: number;
  readonly definition: OrchestratorDefinition;
  readonly isProbe: boolean;
  /** Calls and timers by the event id that settles them. */
  readonly open = new Map<EventId, CallTask | TimerTaskCore | EventTaskCore>();
  readonly events = new EventBox();
  readonly dropped = new DroppedEvents();

  clock = 0;
  replaying = false;
  /** Episodes applied so far. */
  episode = 0;
  started: ExecutionStarted | null = null;
  continuation: Continuation | null = null;

  #windowOpen = false;
  #outcome: EpisodeOutcome | null = null;
  #stopped: { readonly code: ErrorCode; readonly message: string } | null = null;
  #customStatus: Payload | null | undefined = undefined;
  readonly #ledger = new ActionLedger();
  #values: ExecutionValues | null = null;
  /** Attempts that the history shows to have been retried. */
  #retried: ReadonlySet<EventId> | null = null;

  #history: readonly HistoryEvent[] | null = null;
  readonly #feed = new EventFeed();
  #fresh: readonly HistoryEvent[] = NO_EVENTS;
  #answer: ((result: EpisodeResult | Promise<EpisodeResult>) => void) | null = null;

  constructor(host: CursorHost, target: CursorTarget, isProbe = false) {
    this.host = host;
    this.no = target.no;
    this.instanceId = target.instanceId;
    this.generation = target.generation;
    this.definition = target.definition;
    this.isProbe = isProbe;
  }

  get name(): string {
    return this.definition.name;
  }

  get isBusy(): boolean {
    return this.#answer !== null;
  }

  get isEnded(): boolean {
    return this.#outcome !== null;
  }

  random(): number {
    return this.values.random();
  }

  /** Made at their first use: most orchestrators need none. */
  get values(): ExecutionValues {
    if (this.started === null) throw fault("INTERNAL", `"${this.name}" (${this.instanceId}) was used before it began`);
    this.#values ??= new ExecutionValues(this.instanceId, this.started);
    return this.#values;
  }

  // --- episodes ---

  /**
   * Replays `history` (new cursor; null: this one is live), then applies `fresh`, and answers with what the orchestrator asked for in
   * `fresh`.
   */
  run(history: readonly HistoryEvent[] | null, fresh: readonly HistoryEvent[]): Promise<EpisodeResult> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#history = history;
      this.#fresh = fresh;
      if (history !== null && history.length > 0) {
        this.replaying = true;
        this.#retried = retriedAttempts(history);
        this.dropped.replay(history);
        this.#feed.enter(history);
      } else this.#feed.enter(fresh);
      this.#advance();
    });
  }

  afterDrain(): void {
    this.#windowOpen = false;
    this.#advance();
  }

  /** Applies events until one has to be drained or all are applied. */
  #advance(): void {
    try {
      while (this.#stopped === null) {
        const event = this.#feed.next();
        if (event === null) {
          if (!this.replaying) break;
          this.replaying = false;
          this.#feed.enter(this.#fresh);
        } else if (this.#apply(event)) {
          this.host.drain.join(this);
          return;
        }
      }
    } catch (error) {
      this.#windowOpen = false;
      this.stop("INTERNAL", messageOf("INTERNAL", isError(error) ? errorStack(error) : valueText(error)));
    }
    this.#finish();
  }

  /** True when it settled something, so that user code runs. */
  #apply(event: HistoryEvent): boolean {
    switch (event.kind) {
      case "OrchestratorStarted":
        this.#episodeStarted(event.ts);
        return false;
      case "OrchestratorCompleted":
        this.#episodeCompleted(event.ts);
        return false;
      case "ExecutionStarted":
        return this.#executionStarted(event);
      case "TaskCompleted":
      case "SubOrchestrationInstanceCompleted":
        return this.#callCompleted(event.taskId, event.result);
      case "TaskFailed":
        return this.#callFailed(event.taskId, event.failure, event.progress);
      case "SubOrchestrationInstanceFailed":
        return this.#callFailed(event.taskId, event.failure, undefined);
      case "TimerFired":
        return this.#timerFired(event.timerId);
      case "EventRaised":
        return this.#eventRaised(event);
      case "TaskScheduled":
      case "SubOrchestrationInstanceCreated":
      case "TimerCreated":
      case "TimerCanceled":
      case "EventSent":
        this.#expectSame(this.#ledger.match(event), event.ts);
        return false;
      case "ExecutionCompleted":
      case "ExecutionTerminated":
      case "ExecutionSuspended":
      case "ExecutionResumed":
      case "ContinueAsNew":
        return false;
    }
  }

  #finish(): void {
    const answer = this.#answer;
    if (answer === null) return;
    const history = this.#history;
    const fresh = this.#fresh;
    this.#answer = null;
    this.#feed.leave();
    this.#history = null;
    this.#fresh = NO_EVENTS;
    this.#retried = null;
    if (this.#stopped !== null) {
      this.host.released(this);
      answer({ kind: "stopped", code: this.#stopped.code, message: this.#stopped.message });
      return;
    }
    if (this.#outcome === null && this.started !== null && this.open.size === 0 && this.events.waiting === 0) {
      answer(this.host.stuck(this, history, fresh));
      return;
    }
    const actions = this.#ledger.take();
    const customStatus = this.#customStatus;
    this.#customStatus = undefined;
    const outcome = this.#outcomeNow();
    if (outcome !== null) this.host.released(this);
    const ran: EpisodeResult =
      customStatus === undefined ? { kind: "ran", actions, outcome } : { kind: "ran", actions, customStatus, outcome };
    const droppedEvents = this.dropped.take();
    answer(droppedEvents === null ? ran : { ...ran, droppedEvents });
  }

  #outcomeNow(): EpisodeOutcome | null {
    const outcome = this.#outcome;
    if (outcome === null || outcome.kind !== "continuedAsNew" || this.continuation?.preserveEvents !== true) return outcome;
    // Built last: what this episode delivered after the function returned is carried over too.
    return { ...outcome, carryOver: this.events.leftover() };
  }

  // --- one event ---

  #episodeStarted(ts: number): void {
    if (this.#outcome !== null) {
      this.#expectSame({ asked: "its end", recorded: "more events" }, ts);
      return;
    }
    this.clock = ts;
    this.episode++;
  }

  #episodeCompleted(ts: number): void {
    this.#feed.episodeCompleted();
    this.#expectSame(this.#ledger.close(), ts);
    this.#customStatus = undefined;
  }

  /** A mismatch stops the instance: its history stays as it is. */
  #expectSame(mismatch: Mismatch | null, ts: number): void {
    if (mismatch === null) return;
    const { name, instanceId } = this;
    const version = this.started?.version ?? null;
    const text = divergenceText({ name, instanceId, ...mismatch, ts, version, position: this.#feed.position });
    this.stop("NON_DETERMINISM", messageOf("NON_DETERMINISM", text));
  }

  #executionStarted(event: ExecutionStarted): boolean {
    if (this.started !== null) return false;
    this.started = event;
    this.#windowOpen = true;
    let returned: unknown;
    try {
      const input = this.#decodeInput(event.input);
      returned = runScoped(this, this.definition.run, new OrchestrationContextCore(this), input);
      // A thenable of the author's own may throw already where it is looked at.
      if (isThenable(returned)) {
        returned.then(
          (value) => this.#returned(value),
          (error: unknown) => this.#threw(error),
        );
        return true;
      }
    } catch (error) {
      this.#threw(error);
      return true;
    }
    this.#returned(returned);
    return true;
  }

  #decodeInput(input: Payload | null): unknown {
    const value = this.host.encoder.decode(input);
    const schema = this.definition.input;
    return schema === null ? value : validateNow(schema, value, `input of orchestrator "${this.name}"`);
  }

  #callCompleted(id: EventId, result: Payload | null): boolean {
    const task = this.open.get(id);
    if (!(task instanceof CallTask) || this.#outcome !== null) return false;
    this.open.delete(id);
    this.#windowOpen = true;
    task.completed(result);
    return true;
  }

  #callFailed(id: EventId, failure: Failure, progress: Payload | undefined): boolean {
    const task = this.open.get(id);
    if (!(task instanceof CallTask) || this.#outcome !== null) return false;
    this.open.delete(id);
    if (!task.failed(id, failure, progress)) return false;
    this.#windowOpen = true;
    return true;
  }

  #timerFired(id: EventId): boolean {
    const task = this.open.get(id);
    if (task === undefined || this.#outcome !== null) return false;
    this.open.delete(id);
    if (task instanceof CallTask) {
      task.tryAgain();
      return false;
    }
    this.#windowOpen = true;
    task.fired();
    return true;
  }

  #eventRaised(event: EventRaised): boolean {
    if (this.#outcome !== null && this.#outcome.kind !== "continuedAsNew") return false;
    if (!this.events.deliver(foldName(event.name), event)) return false;
    this.#windowOpen = true;
    return true;
  }

  // --- the end of the function ---

  #returned(value: unknown): void {
    if (!this.#mayEnd()) return;
    if (this.continuation !== null) {
      this.#end({ kind: "continuedAsNew", input: this.continuation.input, carryOver: [] });
      return;
    }
    try {
      const where = `output of orchestrator "${this.name}"`;
      const schema = this.definition.output;
      const output = this.host.encoder.encode(schema === null ? value : validateNow(schema, value, where), where);
      this.#end({ kind: "completed", output });
    } catch (error) {
      this.#end({ kind: "failed", failure: { ...failureOf(error), isNonRetriable: true } });
    }
  }

  #threw(error: unknown): void {
    if (!this.#mayEnd()) return;
    if (!this.stopsFor(error)) this.#end({ kind: "failed", failure: failureOf(error) });
  }

  /** True when it is a mistake that a deploy corrects. */
  stopsFor(error: unknown): boolean {
    const stop = stopCodeOf(error);
    if (stop !== null) this.stop(stop.code, `"${this.name}" (${this.instanceId}): ${stop.message}`);
    return stop !== null;
  }

  #mayEnd(): boolean {
    if (this.#outcome !== null || this.#stopped !== null) return false;
    if (this.#windowOpen) return true;
    this.#late("LATE_END", messageOf("LATE_END", this.name, this.instanceId));
    return false;
  }

  /** Whatever waits now is dropped with the cursor: no `catch` or `finally` of the author runs. */
  #end(outcome: EpisodeOutcome): void {
    this.#outcome = outcome;
    this.open.clear();
  }

  // --- what the context, tasks and globals use ---

  /** Refuses, in words, a use of the context at a time when it would not be repeated in replay. */
  use(what: string, name?: string): void {
    if (this.#windowOpen && this.#outcome === null && this.continuation === null && this.#stopped === null) return;
    const text = name === undefined ? what : `${what} ${JSON.stringify(name)}`;
    if (this.#outcome !== null && this.#windowOpen) throw fault("CONTEXT_ENDED", text);
    if (!this.#windowOpen) {
      const late = fault("LATE_USE", this.name, this.instanceId, text);
      this.#late("LATE_USE", late.message);
      throw late;
    }
    throw fault("CONTEXT_CONTINUED", text);
  }

  /** Giving something up is no request: after the end, and after continueAsNew, there is nothing left to give up. */
  mayCancel(task: TaskCore<unknown>): boolean {
    if (this.#outcome !== null || this.continuation !== null) return false;
    this.use("cancel", task.label);
    return true;
  }

  ask(action: Action): void {
    this.#ledger.ask(action);
  }

  takeId(): EventId {
    return this.#ledger.takeId();
  }

  hasBudget(actions: number): boolean {
    return this.#ledger.count + actions <= this.host.maxActions;
  }

  /** Throws when the budget of actions is spent. */
  checkBudget(): void {
    if (!this.hasBudget(1)) throw fault("TOO_MANY_ACTIONS", this.host.maxActions);
  }

  /** Whether the history that is being replayed has a retry timer of that attempt. */
  wasRetried(attemptId: EventId): boolean {
    return this.#retried?.has(attemptId) === true;
  }

  cancelTimer(id: EventId): void {
    this.open.delete(id);
    this.ask({ kind: "cancelTimer", timerId: id });
  }

  setCustomStatus(status: Payload | null): void {
    this.#customStatus = status;
  }

  /** The runtime's own line about this instance. */
  warn(event: string, message: string, fields: { readonly [key: string]: unknown }): void {
    if (this.replaying || this.isProbe) return;
    this.host.log({
      level: "warn",
      event,
      message,
      fields,
      functionKind: "orchestrator",
      functionName: this.name,
      instanceId: this.instanceId,
    });
  }

  stop(code: ErrorCode, message: string): void {
    this.#stopped ??= { code, message };
  }

  /** Found between two episodes: the next one will answer with it, the log tells it now. */
  #late(code: ErrorCode, message: string): void {
    if (this.#stopped !== null) return;
    this.stop(code, message);
    outsideOrchestration(() => this.warn("orchestrator.late", message, {}));
  }

  // --- OrchestrationScope ---

  get kind(): "orchestrator" {
    return "orchestrator";
  }

  microtaskFailed(error: unknown): void {
    this.#threw(error);
  }

  refused(error: Error): void {
    this.stopsFor(error);
  }

  /** Ticks run when Node sees fit, not where a replay would run them: never a failure of the orchestration. */
  tickFailed(error: unknown): void {
    const message = messageOf("TICK_FAILED", this.name, this.instanceId, failureOf(error).message);
    if (this.#windowOpen) this.stop("TICK_FAILED", message);
    else this.#late("TICK_FAILED", message);
  }

  branchRejected(reason: unknown): void {
    this.warn("orchestrator.branch-rejected", "A branch of the orchestrator rejected and nobody awaits it.", { error: failureOf(reason) });
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  ((typeof value === "object" && value !== null) || typeof value === "function") && "then" in value && typeof value.then === "function";
