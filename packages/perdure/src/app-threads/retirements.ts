import { runAfter } from "../process/timers.ts";
import type { AppThread } from "./app-thread.ts";
import type { HookRounds } from "./hook-rounds.ts";

/** For what a thread that gets no more work has begun, and for what the app does at its stop; what still runs then is given up. */
const LEFT_MS = 10_000;
const CLOSE_MS = 300;

/** Threads that get no more work. */
export class Retirements {
  readonly #hooks: HookRounds;
  readonly #ending = new WeakSet<AppThread>();
  readonly #ends = new Map<AppThread, () => void>();

  constructor(hooks: HookRounds) {
    this.#hooks = hooks;
  }

  /** It ends when its calls have ended, and it has done what the app does at its stop. */
  add(thread: AppThread): void {
    runAfter(LEFT_MS, () => void thread.kill("another thread has taken its place", "none"), false);
    if (thread.isEmpty) this.emptied(thread);
  }

  emptied(thread: AppThread): void {
    if (!thread.isRetired || this.#ending.has(thread)) return;
    this.#ending.add(thread); // the stop is a call, too
    void this.#hooks.stopOn(thread).finally(() => thread.tell({ kind: "close" }));
  }

  /** Ends it, whatever is in it. */
  async close(thread: AppThread, reason: string): Promise<void> {
    if (thread.life === "ended") return;
    const ended = new Promise<void>((resolve) => this.#ends.set(thread, resolve));
    if (thread.life === "ready") thread.tell({ kind: "close" });
    const cancel = runAfter(thread.life === "ready" ? CLOSE_MS : 0, () => void thread.kill(reason, "none"));
    await ended.finally(cancel);
  }

  ended(thread: AppThread): void {
    this.#ends.get(thread)?.();
    this.#ends.delete(thread);
  }
}
