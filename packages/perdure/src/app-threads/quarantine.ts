import type { AppThread } from "./app-thread.ts";
import type { Call } from "./call.ts";
import { HELD_AFTER } from "./looks.ts";

/** Looks at which calls have waited here before they get one more thread: 1 s. */
const MORE_AFTER = 2;
const MOST_THREADS = 4;
/** Looks without a call before its threads end: 10 s. */
const IDLE_FOR = 20;

/** Where calls run that may be what ends threads: one at a time in each thread, so that an end is certainly of that one. */
export class Quarantine {
  readonly #start: () => AppThread;
  readonly #threads = new Map<AppThread, { isOpen: boolean; call: Call | null }>();
  #queue: Call[] = [];
  #waited = 0;

  constructor(start: () => AppThread) {
    this.#start = start;
  }

  get threads(): readonly AppThread[] {
    return [...this.#threads.keys()];
  }

  has(thread: AppThread): boolean {
    return this.#threads.has(thread);
  }

  run(call: Call): void {
    this.#queue.push(call);
    this.#next();
  }

  withdraw(call: Call): boolean {
    const isWaiting = this.#queue.includes(call);
    if (isWaiting) this.#queue = this.#queue.filter((one) => one !== call);
    return isWaiting;
  }

  takeWaiting(): readonly Call[] {
    return this.#queue.splice(0);
  }

  open(thread: AppThread): void {
    const entry = this.#threads.get(thread);
    if (entry !== undefined) entry.isOpen = true;
    this.#next();
  }

  answered(thread: AppThread): void {
    const entry = this.#threads.get(thread);
    if (entry !== undefined) entry.call = null;
    this.#next();
  }

  ended(thread: AppThread): void {
    this.#threads.delete(thread);
    if (this.#queue.length > 0) this.#next();
  }

  look(): void {
    for (const thread of this.threads) {
      thread.look(HELD_AFTER);
      if (thread.idleness >= IDLE_FOR && this.#queue.length === 0) thread.tell({ kind: "close" });
    }
    this.#waited = this.#queue.length === 0 ? 0 : this.#waited + 1;
    if (this.#waited >= MORE_AFTER && this.#threads.size < MOST_THREADS) this.#add();
  }

  #next(): void {
    for (const [thread, entry] of this.#threads) {
      if (!entry.isOpen || entry.call !== null || thread.life !== "ready") continue;
      const call = this.#queue.shift();
      if (call === undefined) return;
      entry.call = call;
      thread.run(call);
    }
    if (this.#queue.length > 0 && this.#threads.size === 0) this.#add();
  }

  #add(): void {
    this.#waited = 0;
    this.#threads.set(this.#start(), { isOpen: false, call: null });
  }
}
