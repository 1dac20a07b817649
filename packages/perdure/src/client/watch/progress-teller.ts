import type { ActivityProgress } from "../../engine/activities/activity-progress.ts";
import type { Worker } from "../../engine/worker.ts";
import type { InstanceId } from "../../model/ids.ts";
import type { Clock, Ids, Scheduler } from "../../process/clock.ts";
import type { LiveBus } from "../../store/live-bus.ts";
import { LONGEST_LIVE_MESSAGE } from "../../store/live-bus.ts";
import type { LiveMessage } from "./live-messages.ts";
import { parseLiveMessage } from "./live-messages.ts";
import { WATCH_LASTS_MS } from "./watches.ts";

/** What an activity says in between is told with what it said last. */
const TELL_EVERY_MS = 100;
/** Without progress it listens no longer than this. */
const LISTEN_FOR_MS = 30_000;
/** Of a message beside the progress that it carries, at most. */
const FRAME = 2_000;

export interface ProgressTellerParts {
  readonly bus: LiveBus;
  readonly worker: Pick<Worker, "onProgress" | "progressOf">;
  readonly scheduler: Scheduler;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly ids: Ids;
}

/**
 * Tells other processes how far activities of this one get, as long as their instances are watched there. It listens from the first progress on, and
 * sends nothing but that question while they are not.
 */
export class ProgressTeller {
  readonly #parts: ProgressTellerParts;
  readonly #self: string;
  /** Until when each is watched; what was said last comes last. */
  readonly #watched = new Map<InstanceId, number>();
  readonly #untold = new Map<string, ActivityProgress>();
  #stopListening: (() => void) | null = null;
  #lastAt = Number.NEGATIVE_INFINITY;
  #isSoon = false;
  readonly #stopWorker: () => void;
  #isOver = false;

  constructor(parts: ProgressTellerParts) {
    this.#parts = parts;
    this.#self = parts.ids.guid();
    this.#stopWorker = parts.worker.onProgress((progress) => this.#on(progress));
  }

  stop(): void {
    this.#isOver = true;
    this.#stopWorker();
    this.#stopListening?.();
    this.#stopListening = null;
  }

  #on(progress: ActivityProgress): void {
    this.#lastAt = this.#parts.clock.monotonicMs();
    this.#listen();
    if (!this.#isWatched(progress.instanceId)) return;
    this.#untold.set(progress.taskId, progress);
    this.#tellSoon();
  }

  #listen(): void {
    if (this.#stopListening !== null || this.#isOver) return;
    const { bus, scheduler } = this.#parts;
    const question = JSON.stringify({ from: this.#self, kind: "whoWatches" });
    this.#stopListening = bus.listen({ onMessage: (text) => this.#heard(parseLiveMessage(text)), onReady: () => bus.send(question) });
    scheduler.after(LISTEN_FOR_MS, () => this.#stopUnlessUsed());
  }

  #stopUnlessUsed(): void {
    if (this.#isOver) return;
    const leftMs = this.#lastAt + LISTEN_FOR_MS - this.#parts.clock.monotonicMs();
    if (leftMs > 0) {
      this.#parts.scheduler.after(leftMs, () => this.#stopUnlessUsed());
      return;
    }
    this.#stopListening?.();
    this.#stopListening = null;
    this.#watched.clear();
  }

  #heard(message: LiveMessage | null): void {
    if (message?.kind !== "watching" || this.#isOver) return;
    for (const id of message.ids) {
      const isNew = !this.#isWatched(id);
      this.#watched.delete(id);
      this.#watched.set(id, this.#parts.clock.monotonicMs() + WATCH_LASTS_MS);
      if (isNew) for (const progress of this.#parts.worker.progressOf(id)) this.#untold.set(progress.taskId, progress);
    }
    for (const id of this.#watched.keys()) if (this.#isWatched(id)) break; // the oldest first: those whose time is over go
    if (this.#untold.size > 0) this.#tellSoon();
  }

  #isWatched(id: InstanceId): boolean {
    const until = this.#watched.get(id);
    if (until === undefined) return false;
    if (until > this.#parts.clock.monotonicMs()) return true;
    this.#watched.delete(id);
    return false;
  }

  /** The first at once, what follows within the time together. */
  #tellSoon(): void {
    if (this.#isSoon) return;
    this.#isSoon = true;
    this.#tell();
    this.#parts.scheduler.after(TELL_EVERY_MS, () => {
      this.#isSoon = false;
      if (this.#untold.size > 0 && !this.#isOver) this.#tellSoon();
    });
  }

  #tell(): void {
    let of: ActivityProgress[] = [];
    let length = FRAME;
    const send = () => {
      if (of.length > 0) this.#parts.bus.send(JSON.stringify({ from: this.#self, kind: "progress", of }));
      of = [];
      length = FRAME;
    };
    for (const progress of this.#untold.values()) {
      // Quotes in it are escaped once more on the way.
      const its = 2 * progress.progress.length + FRAME;
      if (its > LONGEST_LIVE_MESSAGE) continue;
      if (length + its > LONGEST_LIVE_MESSAGE) send();
      of.push(progress);
      length += its;
    }
    send();
    this.#untold.clear();
  }
}
