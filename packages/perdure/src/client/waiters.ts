import type { ActiveInstance } from "../engine/instances/instance.ts";
import { FreshMap } from "../model/fresh-map.ts";
import type { Scheduler } from "../process/clock.ts";
import type { EndedInstances } from "../store/contract.ts";
import { statusOfActive } from "./instance-status.ts";
import { LookRounds } from "./look-rounds.ts";
import type { InstanceStatus } from "./types.ts";

/**
 * Many an orchestration ends soon after it began, and a store may have no hints to give: the first looks of a wait for what runs in another
 * process come after 5, 10, 20, 40 and 80 ms, as long as few wait.
 */
const FIRST_LOOK_MS = 5;
const EARLY_LOOKS = 5;
const FEW_WAITS = 20;

export type Woken = "look" | "timeout" | InstanceStatus;

/** One client's wait for an instance. */
export interface Waiter {
  /**
   * `look`: something may have changed · `timeout` · or the final status, straight from the worker of this process. `elsewhere`: no worker of
   * this process has the instance now, so that the end will be told by the store alone.
   */
  next(elsewhere: boolean): Promise<Woken>;
  stop(): void;
}

/** Everyone in this process who waits for an instance to end. */
export class Waiters {
  readonly #scheduler: Scheduler;
  readonly #byId = new FreshMap<string, Set<(woken: Woken) => void>>();
  readonly #rounds: LookRounds;

  /** `hints`: the store's, listened to only while somebody waits for what runs in another process. */
  constructor(scheduler: Scheduler, hints: (listener: (ended: EndedInstances) => void) => () => void = () => () => {}) {
    this.#scheduler = scheduler;
    const listen = (anyEnded: () => void) => hints((ended) => (ended === null ? anyEnded() : this.#endedElsewhere(ended)));
    this.#rounds = new LookRounds(scheduler, listen);
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
    this.#look(instanceId);
  }

  #endedElsewhere(ended: readonly string[]): void {
    for (const instanceId of ended) this.#look(instanceId);
  }

  #look(instanceId: string): void {
    const waiting = this.#byId.get(instanceId);
    if (waiting !== undefined) for (const wake of [...waiting]) wake("look");
  }

  /** The hub was closed: every wait looks up, and ends. */
  close(): void {
    for (const instanceId of this.#byId.keys()) this.#look(instanceId);
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
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener("abort", onAbort);
    const look = () => wake("look");
    let earlyLooks = 0;
    let cancelEarly: (() => void) | null = null;
    const next = (elsewhere: boolean) => {
      if (early !== null) {
        const woken = early;
        early = null;
        return Promise.resolve(woken);
      }
      this.#rounds.add(look, elsewhere);
      if (elsewhere && earlyLooks < EARLY_LOOKS && this.#rounds.size <= FEW_WAITS) {
        cancelEarly?.();
        cancelEarly = this.#scheduler.after(FIRST_LOOK_MS * 2 ** earlyLooks, look);
        earlyLooks += 1;
      }
      return new Promise<Woken>((resolve) => {
        pending = resolve;
      });
    };
    const stop = () => {
      cancelTimeout?.();
      cancelEarly?.();
      this.#rounds.remove(look);
      signal?.removeEventListener("abort", onAbort);
      waiting.delete(wake);
      if (waiting.size === 0 && this.#byId.get(instanceId) === waiting) this.#byId.delete(instanceId);
    };
    return { next, stop };
  }
}
