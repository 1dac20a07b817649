import type { Scheduler } from "../process/clock.ts";
import { doublingPauseMs } from "../process/doubling-pause.ts";
import type { AppThread } from "./app-thread.ts";
import type { Call } from "./call.ts";
import { CallQueue } from "./call-queue.ts";
import { HELD_AFTER, looks, SPARE_AFTER, TOLD_AFTER } from "./looks.ts";

/** Looks at which a thread that is one too many had no calls before it ends. */
const IDLE_FOR = looks(30_000);
/** Threads beyond those that are wanted, at most: each may be held. */
const MOST_SPARES = 8;
const RESTARTS = { firstMs: 100, longestMs: 5_000 };
/** After one that lived longer than this and ended, the next will start as well. */
const LIVED_MS = 10_000;

export interface PoolParts {
  /** Threads that are wanted. */
  readonly count: number;
  readonly scheduler: Scheduler;
  readonly now: () => number;
  start(): AppThread;
  /** It is held, and there is another thread: what it has not begun runs there. */
  moveFrom(thread: AppThread): void;
  /** It has been held for a while. */
  held(thread: AppThread): void;
  freed(thread: AppThread): void;
  /** It is one too many, and has no calls. */
  retire(thread: AppThread): void;
  /** Whether there is a thread, or will be soon, may have changed. */
  readinessMayDiffer(): void;
}

/** Which thread a call goes to, and how many there are: so many that take messages as are wanted, and those that are held beside them. */
export class ThreadPool {
  readonly #parts: PoolParts;
  readonly #threads = new Map<AppThread, { readonly since: number; isOpen: boolean }>();
  /** For want of a thread. */
  readonly #waiting = new CallQueue();
  /** Starts in a row that failed. */
  #failures = 0;
  #restarting: (() => void) | null = null;
  #isClosed = false;
  /** Those who wait for the next thread that takes calls. */
  #opened: PromiseWithResolvers<void> | null = null;

  constructor(parts: PoolParts) {
    this.#parts = parts;
  }

  get threads(): readonly AppThread[] {
    return [...this.#threads.keys()];
  }

  has(thread: AppThread): boolean {
    return this.#threads.has(thread);
  }

  /** False: the last start failed, and nothing runs. */
  get isReady(): boolean {
    return this.#failures === 0 || this.threads.some((thread) => this.takes(thread));
  }

  /** True: it may be given calls. */
  takes(thread: AppThread): boolean {
    return mayRun(thread, this.#threads.get(thread));
  }

  run(call: Call, preferred: AppThread | null): void {
    const thread = preferred !== null && this.takes(preferred) ? preferred : this.#choose();
    if (thread?.run(call) !== true) this.#waiting.add(call);
  }

  /** One that waits for a thread is taken back. False: it does not wait. */
  withdraw(call: Call): boolean {
    return this.#waiting.withdraw(call);
  }

  takeWaiting(): readonly Call[] {
    return this.#waiting.takeAll();
  }

  /** As many as are wanted, less those that must wait before they are tried again. */
  fill(): void {
    if (this.#isClosed || this.#restarting !== null) return;
    const most = this.#parts.count + MOST_SPARES;
    while (this.#lively < this.#parts.count && this.#threads.size < most) this.start();
  }

  /** Resolves when the next thread takes calls. */
  refill(): Promise<void> {
    this.#opened ??= Promise.withResolvers();
    const { promise } = this.#opened;
    this.fill();
    return promise;
  }

  start(): AppThread {
    const thread = this.#parts.start();
    this.#threads.set(thread, { since: this.#parts.now(), isOpen: false });
    return thread;
  }

  /** It has loaded the app, and done what the app does at its start. */
  open(thread: AppThread): void {
    const entry = this.#threads.get(thread);
    if (entry === undefined) return;
    entry.isOpen = true;
    this.#failures = 0;
    this.#parts.readinessMayDiffer();
    for (const other of this.threads) if (other.life === "held") this.#parts.moveFrom(other);
    this.#runWaiting();
    this.#opened?.resolve();
    this.#opened = null;
  }

  ended(thread: AppThread): void {
    const entry = this.#threads.get(thread);
    this.#threads.delete(thread);
    if (this.#isClosed || entry === undefined || thread.isRetired) return;
    if (entry.isOpen && this.#parts.now() - entry.since >= LIVED_MS) this.#failures = 0;
    else if (!entry.isOpen) this.#failures += 1;
    const pauseMs = this.#failures === 0 ? 0 : doublingPauseMs(RESTARTS, this.#failures - 1);
    this.#restarting ??= this.#parts.scheduler.after(pauseMs, () => {
      this.#restarting = null;
      this.fill();
    });
    this.#parts.readinessMayDiffer();
  }

  /** Called at even intervals. */
  look(): void {
    for (const thread of this.threads) {
      const before = thread.life;
      thread.look(HELD_AFTER);
      if (thread.life === "held" && thread.silence === TOLD_AFTER) this.#parts.held(thread);
      if (before === "held" && thread.life === "ready") this.#parts.freed(thread);
    }
    this.fill();
    this.#moveFromHeld();
    this.#endSurplus();
    this.#runWaiting();
  }

  close(): void {
    this.#isClosed = true;
    this.#restarting?.();
  }

  get #lively(): number {
    return this.threads.filter(
      (thread) => !thread.isRetired && (thread.life === "starting" || (thread.life === "ready" && thread.silence < SPARE_AFTER)),
    ).length;
  }

  /** The one with the fewest calls, of those that take messages if there are any. */
  #choose(): AppThread | null {
    let best: AppThread | null = null;
    for (const [thread, entry] of this.#threads) {
      if (mayRun(thread, entry) && (best === null || costOf(thread) < costOf(best))) best = thread;
    }
    return best;
  }

  #runWaiting(): void {
    for (const call of this.takeWaiting()) this.run(call, null);
  }

  #moveFromHeld(): void {
    if (this.#choose() === null) return;
    for (const thread of this.threads) if (thread.life === "held" && thread.silence >= HELD_AFTER) this.#parts.moveFrom(thread);
  }

  #endSurplus(): void {
    // One that is still loading the app may fail to.
    const taking = this.threads.filter((thread) => this.takes(thread) && thread.silence < SPARE_AFTER);
    if (taking.length <= this.#parts.count) return;
    const idle = this.threads.find((thread) => this.takes(thread) && thread.idleness >= IDLE_FOR);
    if (idle !== undefined) this.#parts.retire(idle);
  }
}

const mayRun = (thread: AppThread, entry: { readonly isOpen: boolean } | undefined): boolean =>
  entry?.isOpen === true && thread.life === "ready" && !thread.isRetired;

const costOf = (thread: AppThread): number => thread.size + (thread.silence < SPARE_AFTER ? 0 : 1_000_000);
