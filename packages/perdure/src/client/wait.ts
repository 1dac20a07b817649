import type { InstanceId } from "../model/ids.ts";
import { isTerminal } from "../model/status.ts";
import type { Scheduler } from "../process/clock.ts";
import type { InstanceStatus } from "./types.ts";

export interface WaitParams {
  readonly instanceId: InstanceId;
  readonly until: "started" | "completed";
  /** Null: as long as it takes. */
  readonly timeoutMs: number | null;
  readonly signal?: AbortSignal;
  readonly orStopped?: boolean;
}

/** The status that was waited for · null: there is no such instance · `over`: the time is up, or the wait was given up. */
export type WaitResult = InstanceStatus | null | "over";

/** One client's wait for one instance. It is answered once; later answers are ignored. */
export class Wait {
  readonly instanceId: InstanceId;
  readonly until: "started" | "completed";
  readonly result: Promise<WaitResult>;
  /** Monotonic time of the last look at the row. */
  lookedAt = Number.NEGATIVE_INFINITY;
  readonly #orStopped: boolean;
  readonly #cancelTimeout: (() => void) | null;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.answer("over");
  readonly #onAnswered: (wait: Wait) => void;
  #resolve!: (result: WaitResult) => void;
  #reject!: (error: unknown) => void;
  #isAnswered = false;

  constructor(
    { instanceId, until, timeoutMs, signal, orStopped = false }: WaitParams,
    scheduler: Scheduler,
    onAnswered: (wait: Wait) => void,
  ) {
    this.instanceId = instanceId;
    this.until = until;
    this.#orStopped = orStopped;
    this.#signal = signal;
    this.#onAnswered = onAnswered;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#cancelTimeout = timeoutMs === null ? null : scheduler.after(timeoutMs, () => this.answer("over"));
    signal?.addEventListener("abort", this.#onAbort);
  }

  isReachedBy(status: InstanceStatus): boolean {
    if (isTerminal(status.runtimeStatus) || (this.#orStopped && status.stopped !== null)) return true;
    return this.until === "started" && status.runtimeStatus !== "Pending";
  }

  answer(result: WaitResult): void {
    if (this.#finish()) this.#resolve(result);
  }

  fail(error: unknown): void {
    if (this.#finish()) this.#reject(error);
  }

  #finish(): boolean {
    if (this.#isAnswered) return false;
    this.#isAnswered = true;
    this.#cancelTimeout?.();
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#onAnswered(this);
    return true;
  }
}
