import type { EventId, InstanceId } from "../../model/ids.ts";
import { LockTimeoutFault } from "../failures/faults.ts";
import type { CancellableTask } from "./durable-task.ts";
import { TaskCore } from "./durable-task.ts";
import type { EpisodePort } from "./episode-port.ts";
import type { Effect, Settleable, SettlingEvent } from "./settleable.ts";
import { cancelTimer } from "./timer-task.ts";

/** The clock that runs against the request for a lock. */
export interface LockTimeout {
  readonly timerId: EventId;
  /** As the author wrote it, for the error. */
  readonly text: string;
}

/**
 * A critical section, from its request on:
 *
 *   requested ──grant──► granted ──release──► over
 *       └── cancel, timeout ──────────────────► over
 *
 * At its end the release is sent, also of a lock that was only asked for: the release travels behind the request. The end of the execution does the same.
 */
export class LockTask extends TaskCore<unknown> implements CancellableTask<unknown>, Settleable {
  readonly entities: readonly InstanceId[];
  readonly #port: EpisodePort;
  readonly #id: EventId;
  #state: "requested" | "granted" | "over" = "requested";
  #timeout: LockTimeout | null = null;
  #isCancelled = false;
  /** What the task gives. */
  value: unknown = undefined;

  constructor(port: EpisodePort, id: EventId, entities: readonly InstanceId[]) {
    super();
    this.#port = port;
    this.#id = id;
    this.entities = entities;
  }

  override get label(): string {
    return `lock of ${this.entities.join(", ")}`;
  }

  override get isCancelled(): boolean {
    return this.#isCancelled;
  }

  get isGranted(): boolean {
    return this.#state === "granted";
  }

  get isOver(): boolean {
    return this.#state === "over";
  }

  limit(timeout: LockTimeout): void {
    this.#timeout = timeout;
  }

  apply(event: SettlingEvent): Effect {
    switch (event.kind) {
      case "EntityLockGranted":
        this.#state = "granted";
        this.#stopTimer();
        this.settle(this.value);
        return "settled";
      case "TimerFired": {
        const text = this.#timeout?.text ?? "";
        this.#end();
        this.fail(new LockTimeoutFault(event.timerId, this.label, text));
        return "settled";
      }
      default:
        return "ignored";
    }
  }

  /** Gives up asking. One that was granted stays: release it. */
  cancel(): void {
    if (this.#state !== "requested" || !this.#port.mayCancel(this)) return;
    this.#isCancelled = true;
    this.#stopTimer();
    this.#end();
  }

  /** Twice, after continueAsNew, or after the end of the function: nothing. */
  release(): void {
    if (this.#state === "granted" && this.#port.mayCancel(this)) this.#end();
  }

  #end(): void {
    this.#state = "over";
    this.#port.giveUp(this.#id, { kind: "releaseLock", lockId: this.#id });
  }

  #stopTimer(): void {
    if (this.#timeout !== null) cancelTimer(this.#port, this.#timeout.timerId);
  }
}
