import type { Action } from "../../model/action.ts";
import type { Failure } from "../../model/failure.ts";
import type { RetryMark, Tags } from "../../model/history.ts";
import type { EventId, InstanceId } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import type { Slot } from "../../model/slot.ts";
import { timeAfter } from "../../model/time.ts";
import { ActivityFault, CallFault, ChildFault } from "../failures/faults.ts";
import type { CallRetry } from "../functions/call-retry.ts";
import type { Fault } from "./durable-task.ts";
import { TaskCore } from "./durable-task.ts";
import type { EpisodePort } from "./episode-port.ts";
import { retryPause } from "./retry-decision.ts";
import type { Effect, Settleable, SettlingEvent } from "./settleable.ts";

/** Where a call with a retry policy stands. */
interface Attempts {
  readonly retry: CallRetry;
  readonly firstId: EventId;
  readonly firstAt: number;
  attempt: number;
  /** The last heartbeat of the attempt that failed, for the next one. */
  progress: Payload | undefined;
}

/**
 * A call of an activity or a sub-orchestration. User code sees one task; behind it stand as many attempts as the policy allows, each with an
 * event id of its own and a durable timer before it. The task settles with the final outcome only.
 */
export abstract class CallTask extends TaskCore<unknown> implements Settleable {
  protected readonly port: EpisodePort;
  readonly name: string;
  #attempts: Attempts | null = null;

  constructor(port: EpisodePort, name: string) {
    super();
    this.port = port;
    this.name = name;
  }

  protected abstract actionFor(id: EventId, mark: RetryMark | null, progress: Payload | undefined): Action;
  protected abstract faultOf(attemptId: EventId, failure: Failure): Fault;

  begin(retry: CallRetry | null): void {
    const id = this.#schedule(null, undefined);
    if (retry !== null) this.#attempts = { retry, firstId: id, firstAt: this.port.clock, attempt: 1, progress: undefined };
  }

  apply(event: SettlingEvent): Effect {
    switch (event.kind) {
      case "TaskCompleted":
      case "SubOrchestrationInstanceCompleted":
        this.#completed(event.result);
        return "settled";
      case "TaskFailed":
        return this.#failed(event.taskId, event.failure, event.progress);
      case "SubOrchestrationInstanceFailed":
        return this.#failed(event.taskId, event.failure, undefined);
      case "TimerFired":
        this.#tryAgain();
        return "continues";
      case "EntityOperationCompleted":
      case "EntityOperationFailed":
      case "EntityLockGranted":
        return "ignored"; // of other tasks
    }
  }

  #completed(result: Payload | null): void {
    let value: unknown;
    try {
      value = this.port.encoder.decode(result);
    } catch (error) {
      this.fail(new CallFault(() => error));
      return;
    }
    this.settle(value);
  }

  /** Fails the task, or asks for the pause before another attempt. */
  #failed(attemptId: EventId, failure: Failure, progress: Payload | undefined): Effect {
    const attempts = this.#attempts;
    const pause = attempts === null ? null : retryPause(this.port, attemptId, failure, attempts);
    if (attempts === null || pause === null) {
      this.fail(this.faultOf(attemptId, failure));
      return "settled";
    }
    if (progress !== undefined) attempts.progress = progress;
    const id = this.port.takeId();
    this.port.ask({ kind: "createTimer", id, fireAt: timeAfter(this.port.clock, pause), retryOf: attemptId });
    this.port.expect(id, this);
    return "continues";
  }

  /** The pause is over. */
  #tryAgain(): void {
    const attempts = this.#attempts;
    if (attempts === null) return;
    attempts.attempt++;
    this.#schedule({ of: attempts.firstId, attempt: attempts.attempt }, attempts.progress);
  }

  #schedule(mark: RetryMark | null, progress: Payload | undefined): EventId {
    const id = this.port.takeId();
    this.port.ask(this.actionFor(id, mark, progress));
    this.port.expect(id, this);
    return id;
  }
}

/** What each attempt of an activity call has. */
interface EachAttempt {
  readonly timeoutMs: number | null;
  readonly slot: Slot | null;
}

export class ActivityTask extends CallTask {
  readonly #input: Payload | null;
  readonly #each: EachAttempt;

  constructor(port: EpisodePort, name: string, input: Payload | null, each: EachAttempt) {
    super(port, name);
    this.#input = input;
    this.#each = each;
  }

  override get label(): string {
    return `activity "${this.name}"`;
  }

  protected override actionFor(id: EventId, mark: RetryMark | null, progress: Payload | undefined): Action {
    const call = { kind: "callActivity", id, name: this.name, input: this.#input } as const;
    const { timeoutMs, slot } = this.#each;
    if (mark === null && timeoutMs === null && slot === null) return call;
    return {
      ...call,
      ...(mark === null ? {} : { retry: mark }),
      ...(timeoutMs === null ? {} : { timeoutMs }),
      ...(slot === null ? {} : { slot }),
      ...(progress === undefined ? {} : { progress }),
    };
  }

  protected override faultOf(attemptId: EventId, failure: Failure): Fault {
    return new ActivityFault(attemptId, this.name, failure);
  }
}

/** What a sub-orchestration is started with. */
export interface ChildStart {
  readonly input: Payload | null;
  /** Null: a new guid for each attempt. */
  readonly instanceId: InstanceId | null;
  readonly version: string | null;
  readonly tags: Tags | null;
}

export class ChildTask extends CallTask {
  readonly #start: ChildStart;
  #instanceId: InstanceId | null = null;

  constructor(port: EpisodePort, name: string, start: ChildStart) {
    super(port, name);
    this.#start = start;
  }

  override get label(): string {
    return `sub-orchestration "${this.name}"`;
  }

  protected override actionFor(id: EventId, mark: RetryMark | null): Action {
    const { input, version, tags } = this.#start;
    const minted = this.#start.instanceId === null;
    const childId = this.#start.instanceId ?? this.port.values.childId(id);
    this.#instanceId = childId;
    const call = { kind: "callSubOrchestrator", id, name: this.name, instanceId: childId, minted, input, version, tags } as const;
    return mark === null ? call : { ...call, retry: mark };
  }

  protected override faultOf(attemptId: EventId, failure: Failure): Fault {
    return new ChildFault(attemptId, this.name, this.#instanceId ?? "", failure);
  }
}
