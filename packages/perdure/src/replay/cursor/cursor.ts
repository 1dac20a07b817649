import { messageOf } from "../../errors/perdure-error.ts";
import type { EditMark } from "../../model/edit-mark.ts";
import { isEditMark } from "../../model/edit-mark.ts";
import type { EpisodeOutcome, EpisodeResult } from "../../model/executor.ts";
import { copyOf, forkOrigins } from "../../model/fork-origins.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceId, InstanceNo } from "../../model/ids.ts";
import { errorStack, isError, valueText } from "../../telemetry/value-text.ts";
import type { OrchestratorDefinition } from "../functions/definition.ts";
import { guardsInPlace } from "../globals/late-guards.ts";
import { retriedAttempts } from "../tasks/retry-decision.ts";
import type { Mismatch } from "./action-ledger.ts";
import type { Divergence } from "./action-match.ts";
import { divergenceText } from "./action-match.ts";
import type { CursorHost, CursorPlace, CursorTarget } from "./cursor-host.ts";
import type { Drained } from "./drain.ts";
import { EventFeed } from "./event-feed.ts";
import { OrchestratorCall } from "./orchestrator-call.ts";

const NO_EVENTS: readonly HistoryEvent[] = [];

/**
 * Applies events to one running call of an orchestrator function, kept between episodes; replay is the same code fed with recorded events.
 *
 *   new ──ExecutionStarted──► running ──function settles──► ended
 *                                │ divergence, late use, guard, stuck
 *                                └──────────────────────────► stopped
 *
 * An event is applied only when no microtask of the instance is left (the *window* is closed); it settles at most one task, the window
 * opens, all that follows is drained, the window closes. So each window starts from the same state whether its events came together or
 * days apart, which is why live order equals replay order. Never apply two events of one instance in one drain.
 *
 * Cost (Node 26.10, 2 vCPU): see `docs/performance.md`, "live cursor". Nothing here copies a history or makes a closure per event.
 */
export class Cursor implements CursorPlace, Drained {
  readonly no: InstanceNo;
  readonly generation: number;
  readonly call: OrchestratorCall;
  episode = 0;

  readonly #host: CursorHost;
  #history: readonly HistoryEvent[] | null = null;
  readonly #feed = new EventFeed();
  #fresh: readonly HistoryEvent[] = NO_EVENTS;
  #guards = 0;
  /** Of the marks of forks that are still to come: what stands before one was recorded for its original. */
  #origins: readonly InstanceId[] = [];
  #divergence: (Divergence & Mismatch) | null = null;
  #answer: ((result: EpisodeResult | Promise<EpisodeResult>) => void) | null = null;

  constructor(host: CursorHost, target: CursorTarget, isProbe = false) {
    this.#host = host;
    this.no = target.no;
    this.generation = target.generation;
    this.call = new OrchestratorCall(host, target.instanceId, target.definition, isProbe);
  }

  get instanceId(): InstanceId {
    return this.call.instanceId;
  }

  get definition(): OrchestratorDefinition {
    return this.call.definition;
  }

  /** Where its history and the code part. */
  get divergence(): (Divergence & Mismatch) | null {
    return this.#divergence;
  }

  get isBusy(): boolean {
    return this.#answer !== null;
  }

  /**
   * Replays `history` (new cursor; null: this one is live), then applies `fresh`, and answers with what the orchestrator asked for in
   * `fresh`.
   */
  run(history: readonly HistoryEvent[] | null, fresh: readonly HistoryEvent[]): Promise<EpisodeResult> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#guards = guardsInPlace();
      this.#history = history;
      this.#fresh = fresh;
      // Only what replays whole is ever recorded behind a mark, so these inputs need no second look.
      if (history !== null && fresh.some(isEditMark)) this.call.ledger.comparesInputs = true;
      if (history !== null && history.length > 0) {
        this.call.replaying = true;
        this.#copyOf([...forkOrigins(history), ...forkOrigins(fresh)]);
        this.call.retried = retriedAttempts(history);
        this.call.dropped.replay(history);
        this.call.patches.replay(history);
        this.#feed.enter(history);
      } else this.#feed.enter(fresh);
      this.#advance();
    });
  }

  afterDrain(): void {
    this.call.closeWindow();
    this.#advance();
  }

  /** Applies events until one has to be drained or all are applied. */
  #advance(): void {
    const call = this.call;
    try {
      while (call.stopped === null) {
        const event = this.#feed.next();
        if (event === null) {
          if (!call.replaying) break;
          call.replaying = false;
          this.#feed.enter(this.#fresh);
        } else if (this.#apply(event)) {
          this.#host.drain.join(this);
          return;
        }
      }
    } catch (error) {
      call.closeWindow();
      call.stop("INTERNAL", messageOf("INTERNAL", isError(error) ? errorStack(error) : valueText(error)));
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
        return this.call.start(event);
      case "ExecutionRewound":
      case "ExecutionForked":
        this.#historyEdited(event);
        return false;
      case "TaskCompleted":
      case "TaskFailed":
      case "SubOrchestrationInstanceCompleted":
      case "SubOrchestrationInstanceFailed":
      case "EntityOperationCompleted":
      case "EntityOperationFailed":
      case "EntityLockGranted":
        return this.call.settle(event.taskId, event);
      case "TimerFired":
        return this.call.settle(event.timerId, event);
      case "EventRaised":
        return this.call.raise(event);
      case "TaskScheduled":
      case "SubOrchestrationInstanceCreated":
      case "TimerCreated":
      case "TimerCanceled":
      case "EventSent":
      case "EntityOperationCalled":
      case "EntityOperationSignaled":
      case "EntityLockRequested":
      case "EntityUnlockSent":
        this.#expectSame(this.call.ledger.match(event), event.ts);
        return false;
      case "ExecutionCompleted":
      case "ExecutionTerminated":
      case "ExecutionSuspended":
      case "ExecutionResumed":
      case "PatchMarked":
      case "ContinueAsNew":
      case "MessageIdsKept":
      case "EntityMessageHeld":
      case "EntityMessagesTaken":
        return false;
    }
  }

  #historyEdited(mark: EditMark): void {
    if (mark.kind === "ExecutionForked") this.#copyOf(this.#origins.slice(1));
    if (this.call.started !== null) this.call.values.edited(mark, this.generation);
  }

  #copyOf(origins: readonly InstanceId[]): void {
    this.#origins = origins;
    this.call.ledger.copy = copyOf(origins, this.call.instanceId);
  }

  #episodeStarted(ts: number): void {
    if (this.call.isEnded) {
      this.episode++;
      this.#expectSame({ asked: "its end", recorded: "more events", action: null }, ts);
      return;
    }
    this.call.clock = ts;
    this.episode++;
    this.call.patches.episodeStarted();
  }

  #episodeCompleted(ts: number): void {
    this.#feed.episodeCompleted();
    this.#expectSame(this.call.ledger.close(), ts);
    this.call.takeCustomStatus();
  }

  /** A mismatch stops the instance: its history stays as it is. */
  #expectSame(mismatch: Mismatch | null, ts: number): void {
    if (mismatch === null) return;
    const { name, instanceId, started } = this.call;
    const version = started?.version ?? null;
    const asked = mismatch.action === null ? askedWith(mismatch.asked, this.call.outcome()) : mismatch.asked;
    const found = { name, instanceId, ...mismatch, asked, ts, version, position: this.#feed.position, place: null };
    this.#divergence = found;
    this.call.stop("NON_DETERMINISM", messageOf("NON_DETERMINISM", divergenceText(found)));
  }

  #finish(): void {
    const answer = this.#answer;
    if (answer === null) return;
    const { call } = this;
    const history = this.#history;
    const fresh = this.#fresh;
    this.#answer = null;
    this.#feed.leave();
    this.#history = null;
    this.#fresh = NO_EVENTS;
    call.retried = null;
    if (guardsInPlace() !== this.#guards) answer(this.#host.unguarded(this, history, fresh));
    else if (call.stopped !== null) {
      this.#host.released(this);
      const stopped: EpisodeResult = { kind: "stopped", ...call.stopped, ...(call.replaying ? { episode: this.episode } : {}) };
      const isToBeExplained = this.#divergence !== null && !call.ledger.comparesInputs;
      answer(isToBeExplained ? this.#host.diverged(this, history ?? NO_EVENTS) : stopped);
    } else if (call.isStuck) answer(this.#host.stuck(this, history, fresh));
    else answer(this.#ran());
  }

  #ran(): EpisodeResult {
    const { call } = this;
    const actions = call.ledger.take();
    const customStatus = call.takeCustomStatus();
    const outcome = call.outcome();
    if (outcome !== null) this.#host.released(this);
    const openEvents = call.events.waitedFor;
    const ran: EpisodeResult =
      customStatus === undefined
        ? { kind: "ran", actions, outcome, openEvents }
        : { kind: "ran", actions, customStatus, outcome, openEvents };
    const droppedEvents = call.dropped.take();
    return droppedEvents === null ? ran : { ...ran, droppedEvents };
  }
}

/** Code that has failed asks for nothing more: why it has is what its author looks for. */
function askedWith(asked: string, outcome: EpisodeOutcome | null): string {
  return outcome?.kind === "failed" ? `${asked}, since it failed: ${outcome.failure.message.split("\n", 1)[0]}` : asked;
}
