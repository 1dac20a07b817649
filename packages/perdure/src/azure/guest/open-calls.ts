import { fault } from "../../errors/perdure-error.ts";
import type { Failure } from "../../model/failure.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { HttpAnswer } from "../../model/http-call.ts";
import { HTTP_ACTIVITY } from "../../model/http-call.ts";
import type { EventId, Seed } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import { timeAfter } from "../../model/time.ts";
import type { ActionLedger } from "../../replay/cursor/action-ledger.ts";
import { failureOf } from "../../replay/failures/failure-of.ts";
import { HttpCallState } from "./http-call.ts";
import { OpenSection } from "./locks.ts";
import type { V3Payloads } from "./payloads.ts";
import { RetriedCall } from "./retries.ts";
import type { SdkAction } from "./sdk-actions.ts";
import { callOf, entityCallOf, lockOf, SDK_ACTION, timerOf } from "./sdk-actions.ts";
import type { Unplayed } from "./sdk-events.ts";
import { completedEvent, entityEvent, entityFailure, failedEvent, firedEvent } from "./sdk-events.ts";
import type { SdkRetryTask, SdkTask } from "./sdk-executor.ts";
import { isRetryTask } from "./sdk-executor.ts";
import type { V3Settings } from "./v3-function.ts";
import type { Asked, WatchedSdk } from "./watched-sdk.ts";

/** What waits for an event with its number. */
type Open =
  | { readonly kind: "call"; readonly name: string; readonly retried: RetriedCall | null }
  /** A request, and a pause before the next one. `of`: the number by which the library knows the call. */
  | { readonly kind: "http" | "poll"; readonly call: HttpCallState; readonly of: EventId }
  | { readonly kind: "timer" | "pause"; readonly action: SdkAction | null }
  | { readonly kind: "entity" };

export interface OpenCallsParts {
  readonly watched: WatchedSdk;
  readonly ledger: ActionLedger;
  readonly payloads: V3Payloads;
  readonly settings: V3Settings;
  /** Of the execution; it changes where the history was edited. */
  readonly place: { readonly clock: number; readonly seed: Seed };
}

/** From what the library gave numbers to, to actions; and from events of our history, to those that it knows. */
export class OpenCalls {
  readonly #parts: OpenCallsParts;
  readonly #open = new Map<EventId, Open>();
  readonly #timers = new Map<EventId, SdkAction>();
  readonly #retried = new WeakMap<SdkTask, RetriedCall>();
  readonly #section = new OpenSection();
  /** Which failure an error came from. */
  readonly #causes = new WeakMap<object, EventId>();
  /** Completions that follow at once. */
  #due: HistoryEvent[] = [];

  constructor(parts: OpenCallsParts) {
    this.#parts = parts;
  }

  takeDue(): HistoryEvent | undefined {
    return this.#due.shift();
  }

  /** Throws what the execution fails of. */
  ask({ id, action, task }: Asked): void {
    const { sdk } = this.#parts.watched;
    const { maxActions } = this.#parts.settings;
    if (sdk.sequenceNumber > maxActions) throw fault("TOO_MANY_ACTIONS", maxActions);
    if (task === null) {
      this.#askNoAnswer(id, action);
      return;
    }
    try {
      if (action !== "noOp") this.#askFor(id, action, task);
      else if (isRetryTask(task.parent)) this.#again(id, task.parent);
      else throw fault("INTERNAL", `the library gave number ${id} to a task that is not known`);
    } catch (error) {
      this.#refuse(id, task, error);
    }
  }

  #askFor(id: EventId, action: SdkAction, task: SdkTask): void {
    const { ledger, payloads } = this.#parts;
    switch (action.actionType) {
      case SDK_ACTION.createTimer:
        ledger.ask(timerOf(action, id));
        this.#open.set(id, { kind: "timer", action });
        this.#timers.set(id, action);
        return;
      case SDK_ACTION.callEntity:
        ledger.ask(entityCallOf({ payloads }, action, id));
        this.#open.set(id, { kind: "entity" });
        return;
      case SDK_ACTION.lockEntities:
        ledger.ask(lockOf(action, id));
        this.#section.asked(id);
        this.#open.set(id, { kind: "entity" });
        return;
      case SDK_ACTION.callHttp:
        if (action.httpRequest === undefined) throw fault("CALL_INVALID", "callHttp", "it has no request");
        this.#send(id, new HttpCallState(action.httpRequest), id);
        return;
      default:
        ledger.ask(callOf(this.#actionPlace, action, id, null));
        this.#open.set(id, { kind: "call", name: action.functionName ?? "", retried: this.#begunRetries(id, task) });
    }
  }

  get #actionPlace() {
    const { payloads, settings, place } = this.#parts;
    return { payloads, settings, seed: place.seed };
  }

  #begunRetries(id: EventId, { parent }: SdkTask): RetriedCall | null {
    // The attempt itself may stand in a task of several: only the library's own parent of it counts attempts.
    if (!isRetryTask(parent)) return null;
    const retried = new RetriedCall(parent, id, this.#parts.place.clock);
    this.#retried.set(parent, retried);
    return retried;
  }

  /** A pause, or the attempt behind it: the library has decided which by now. */
  #again(id: EventId, task: SdkRetryTask): void {
    const { ledger, place } = this.#parts;
    const retried = this.#retried.get(task);
    if (retried === undefined || task.actionObj === "noOp") throw fault("INTERNAL", `a retry without its first attempt (number ${id})`);
    if (!task.isWaitingOnTimer) {
      ledger.ask(callOf(this.#actionPlace, task.actionObj, id, { of: retried.firstId, attempt: task.attemptNumber }));
      this.#open.set(id, { kind: "call", name: task.actionObj.functionName ?? "", retried });
      return;
    }
    ledger.ask({ kind: "createTimer", id, fireAt: timeAfter(place.clock, retried.pauseMs), retryOf: retried.failedId });
    this.#open.set(id, { kind: "pause", action: null });
    if (retried.isOver) this.#atOnce(id, { kind: "TimerFired", ts: place.clock, timerId: id, fireAt: place.clock });
  }

  /** Its timer is given up in the episode that asked for it, so that nothing has to be waited for. */
  #atOnce(id: EventId, completion: HistoryEvent): void {
    this.#parts.ledger.ask({ kind: "cancelTimer", timerId: id });
    this.#due.push(completion);
  }

  /** What cannot be asked for fails where it is waited for. Its number is a timer that was given up. */
  #refuse(id: EventId, task: SdkTask, error: unknown): void {
    const { ledger, place } = this.#parts;
    const { errorType, message } = failureOf(error);
    ledger.ask({ kind: "createTimer", id, fireAt: place.clock });
    const retried = isRetryTask(task.parent) ? (this.#retried.get(task.parent) ?? this.#begunRetries(id, task)) : null;
    this.#open.set(id, { kind: "call", name: "", retried });
    this.#atOnce(id, { kind: "TaskFailed", ts: place.clock, taskId: id, failure: { errorType, message, isNonRetriable: true } });
  }

  #askNoAnswer(id: EventId, action: SdkAction | "noOp"): void {
    const { ledger, payloads } = this.#parts;
    if (action === "noOp") return;
    if (action.actionType === SDK_ACTION.signalEntity) ledger.ask(entityCallOf({ payloads }, action, id));
    const lockId = action.actionType === SDK_ACTION.releaseEntities ? this.#section.released() : null;
    if (lockId !== null) ledger.ask({ kind: "releaseLock", lockId });
  }

  #send(id: EventId, call: HttpCallState, of: EventId): void {
    const { ledger, payloads } = this.#parts;
    ledger.ask({ kind: "callActivity", id, name: HTTP_ACTIVITY, input: payloads.encode(call.request, "request of callHttp") });
    this.#open.set(id, { kind: "http", call, of });
  }

  /** The cancels of an episode, at its end. What never fires is not kept: an orchestration may cancel a timer in each round. */
  askCancels(): void {
    const { ledger, watched } = this.#parts;
    for (const [id, { isCanceled }] of this.#timers) {
      if (isCanceled !== true) continue;
      ledger.ask({ kind: "cancelTimer", timerId: id });
      this.#timers.delete(id);
      this.#open.delete(id);
      delete watched.sdk.openTasks[id];
    }
  }

  /** What the library is told; null: nothing. */
  eventFor(event: HistoryEvent): Unplayed | null {
    switch (event.kind) {
      case "TaskCompleted":
      case "SubOrchestrationInstanceCompleted":
        return this.#completed(event.taskId, event.result);
      case "TaskFailed":
      case "SubOrchestrationInstanceFailed":
        return this.#failed(event.taskId, event.failure);
      case "TimerFired":
        return this.#fired(event.timerId);
      case "EntityOperationCompleted":
        return this.#take(event.taskId) === null ? null : entityEvent(event.taskId, event.result === null ? {} : { result: event.result });
      case "EntityOperationFailed":
        return this.#take(event.taskId) === null ? null : entityEvent(event.taskId, entityFailure(event.failure));
      case "EntityLockGranted":
        return this.#take(event.taskId) === null ? null : entityEvent(event.taskId, {});
      default:
        return null;
    }
  }

  #take(id: EventId): Open | null {
    const open = this.#open.get(id);
    if (open === undefined) return null;
    this.#open.delete(id);
    return open;
  }

  #completed(id: EventId, result: Payload | null): Unplayed | null {
    const open = this.#take(id);
    if (open === null) return null;
    return open.kind === "http" ? this.#answered(open, result) : completedEvent(id, result);
  }

  #answered({ call, of }: Extract<Open, { kind: "http" | "poll" }>, result: Payload | null): Unplayed | null {
    const { watched, ledger, place, settings } = this.#parts;
    const answer = JSON.parse(result ?? "null") as HttpAnswer; // what the activity of this release and earlier ones gives
    const pause = call.pauseAfter(answer, settings.httpPollMs);
    if (pause === null) return completedEvent(of, JSON.stringify(call.resultOf(answer)));
    if (watched.sdk.sequenceNumber + 2 > settings.maxActions) {
      const { errorType, message } = failureOf(fault("TOO_MANY_ACTIONS", settings.maxActions));
      return failedEvent(of, HTTP_ACTIVITY, { errorType, message });
    }
    const id = watched.takeNumber();
    ledger.ask({ kind: "createTimer", id, fireAt: timeAfter(place.clock, pause) });
    this.#open.set(id, { kind: "poll", call, of });
    return null;
  }

  #failed(id: EventId, failure: Failure): Unplayed | null {
    const open = this.#take(id);
    if (open === null) return null;
    if (open.kind === "http") {
      const { properties: _, ...told } = failure; // they are no provider's of the app
      return failedEvent(open.of, HTTP_ACTIVITY, told);
    }
    if (open.kind === "call") open.retried?.failed(id, failure, this.#parts.place.clock);
    return failedEvent(id, open.kind === "call" ? open.name : "", failure);
  }

  #fired(id: EventId): Unplayed | null {
    const open = this.#take(id);
    if (open === null) return null;
    this.#timers.delete(id);
    if (open.kind === "poll") {
      this.#send(this.#parts.watched.takeNumber(), open.call, open.of);
      return null;
    }
    // Cancelled in this episode by what came in just before: as if it had come in earlier.
    return open.kind === "timer" && open.action?.isCanceled === true ? null : firedEvent(id);
  }

  /** After the library was told of a failure: its error leads back to it. */
  noteCause(id: EventId, task: SdkTask | undefined): void {
    if (typeof task?.result === "object" && task.result !== null) this.#causes.set(task.result, id);
  }

  causesOf(error: unknown): readonly EventId[] {
    const found = typeof error === "object" && error !== null ? this.#causes.get(error) : undefined;
    return found === undefined ? [] : [found];
  }
}
