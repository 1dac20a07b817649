import type { TaskKey } from "../model/executor.ts";
import type { Payload } from "../model/payload.ts";
import { taskKeyText } from "../model/task-id.ts";
import { realClock } from "../process/real-time.ts";
import { runAfter } from "../process/timers.ts";
import type { FromThread } from "./messages.ts";

/** Of all activities of a thread together. */
const EVERY_MS = 10;

export type Beat = Extract<FromThread, { readonly kind: "heartbeat" }>;

export interface BeatsParts {
  post(beat: Beat): void;
  /** What was posted leaves, also while code holds the thread. */
  leave(): void;
}

/**
 * Heartbeats on their way out of a thread. Of what an activity says faster than they go the last one is told: one that tells of each of a million rows in a loop
 * would else fill the memory of its thread, and then hold the engine's.
 */
export class Beats {
  readonly #parts: BeatsParts;
  readonly #waiting = new Map<string, Beat>();
  #postedAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;

  constructor(parts: BeatsParts) {
    this.#parts = parts;
  }

  say(task: TaskKey, progress: Payload | null): void {
    const { no, generation, eventId } = task;
    this.#waiting.set(taskKeyText(task), { kind: "heartbeat", task: { no, generation, eventId }, progress });
    const leftMs = this.#postedAt + EVERY_MS - realClock.monotonicMs();
    if (leftMs > 0) {
      this.#cancel ??= runAfter(leftMs, () => this.#go(), false);
      return;
    }
    this.#go();
  }

  /** Before what is said next, such as the end of an activity. */
  flush(): void {
    if (this.#waiting.size === 0) return;
    this.#cancel?.();
    this.#cancel = null;
    this.#postedAt = realClock.monotonicMs();
    for (const beat of this.#waiting.values()) this.#parts.post(beat);
    this.#waiting.clear();
  }

  #go(): void {
    this.flush();
    this.#parts.leave();
  }
}
