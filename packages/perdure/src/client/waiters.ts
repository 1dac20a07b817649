import type { Scheduler } from "../engine/clock.ts";
import type { ActiveInstance } from "../engine/instance.ts";
import { statusOfActive } from "./instance-status.ts";
import type { InstanceStatus } from "./types.ts";

/** How often a wait asks the store when the instance runs in another process. */
const POLL_MS = 250;

export type Woken = "look" | "timeout" | InstanceStatus;

/** One client's wait for an instance. */
export interface Waiter {
  /** `look`: something may have changed · `timeout` · or the final status, straight from the worker of this process. */
  next(): Promise<Woken>;
  stop(): void;
}

/** Everyone in this process who waits for an instance to end. */
export class Waiters {
  readonly #scheduler: Scheduler;
  readonly #byId = new Map<string, Set<(woken: Woken) => void>>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** The worker of this process tells what has ended, once it is durable. */
  onEnd(instance: ActiveInstance): void {
    const waiting = this.#byId.get(instance.state.instanceId);
    if (waiting === undefined) return;
    // A run that was replaced is not the end of a wait: the one in its place has the same id.
    const isReplaced = instance.end !== null && instance.end.successor !== null;
    const woken = isReplaced ? "look" : statusOfActive(instance, instance.end?.output ?? null);
    for (const wake of [...waiting]) wake(woken);
  }

  /** An instance in this process has begun: whoever waits for that looks again. */
  onStart(instanceId: string): void {
    const waiting = this.#byId.get(instanceId);
    if (waiting !== undefined) for (const wake of [...waiting]) wake("look");
  }

  wait(instanceId: string, timeoutMs: number | null, signal: AbortSignal | undefined): Waiter {
    let pending: ((woken: Woken) => void) | null = null;
    let early: Woken | null = null;
    const wake = (woken: Woken) => {
      if (pending === null) {
        if (early === null || early === "look") early = woken;
        return;
      }
      const resolve = pending;
      pending = null;
      resolve(woken);
    };
    const waiting = this.#byId.get(instanceId) ?? new Set();
    this.#byId.set(instanceId, waiting.add(wake));
    const cancelTimeout = timeoutMs === null ? null : this.#scheduler.after(timeoutMs, () => wake("timeout"));
    const onAbort = () => wake("timeout");
    signal?.addEventListener("abort", onAbort);
    let cancelPoll: (() => void) | null = null;
    const next = () => {
      if (early !== null) {
        const woken = early;
        early = null;
        return Promise.resolve(woken);
      }
      cancelPoll?.();
      cancelPoll = this.#scheduler.after(POLL_MS, () => wake("look"));
      return new Promise<Woken>((resolve) => {
        pending = resolve;
      });
    };
    const stop = () => {
      cancelTimeout?.();
      cancelPoll?.();
      signal?.removeEventListener("abort", onAbort);
      waiting.delete(wake);
      if (waiting.size === 0 && this.#byId.get(instanceId) === waiting) this.#byId.delete(instanceId);
    };
    return { next, stop };
  }
}
