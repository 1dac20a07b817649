import type { AppThread } from "./app-thread.ts";
import type { Call } from "./call.ts";
import { CallQueue } from "./call-queue.ts";
import { HELD_AFTER, looks } from "./looks.ts";

/** Looks at which calls have waited here before they get one more thread. */
const MORE_AFTER = looks(1_000);
const MOST_THREADS = 4;
/** Suspects that run together in one thread. */
const GROUP = 16;
/** Looks without a call before its threads end. */
const IDLE_FOR = looks(10_000);

interface Place {
  isOpen: boolean;
  readonly calls: Set<Call>;
  /** One call that must be alone is in it. */
  isTaken: boolean;
}

/**
 * Where calls run that may be what ends threads, apart from all others: in groups, of which one that ends is told by its end; and alone, where the end is
 * certainly of that call.
 */
export class Quarantine {
  readonly #start: () => AppThread;
  readonly #runsAlone: (call: Call) => boolean;
  readonly #retire: (thread: AppThread) => void;
  readonly #threads = new Map<AppThread, Place>();
  readonly #queue = new CallQueue();
  #waited = 0;

  /** `retire`: it has had no calls for a while. */
  constructor(start: () => AppThread, runsAlone: (call: Call) => boolean, retire: (thread: AppThread) => void) {
    this.#start = start;
    this.#runsAlone = runsAlone;
    this.#retire = retire;
  }

  get threads(): readonly AppThread[] {
    return [...this.#threads.keys()];
  }

  has(thread: AppThread): boolean {
    return this.#threads.has(thread);
  }

  run(call: Call): void {
    this.#queue.add(call);
    this.#next();
  }

  withdraw(call: Call): boolean {
    return this.#queue.withdraw(call);
  }

  takeWaiting(): readonly Call[] {
    return this.#queue.takeAll();
  }

  open(thread: AppThread): void {
    const place = this.#threads.get(thread);
    if (place !== undefined) place.isOpen = true;
    this.#next();
  }

  answered(thread: AppThread, call: Call): void {
    const place = this.#threads.get(thread);
    place?.calls.delete(call);
    if (place?.calls.size === 0) place.isTaken = false;
    this.#next();
  }

  ended(thread: AppThread): void {
    this.#threads.delete(thread);
    if (!this.#queue.isEmpty) this.#next();
  }

  look(): void {
    for (const thread of this.threads) {
      thread.look(HELD_AFTER);
      if (thread.idleness >= IDLE_FOR && this.#queue.isEmpty && !thread.isRetired) this.#retire(thread);
    }
    this.#waited = this.#queue.isEmpty ? 0 : this.#waited + 1;
    if (this.#waited >= MORE_AFTER && this.#threads.size < MOST_THREADS) this.#add();
  }

  #next(): void {
    for (const [thread, place] of this.#threads) {
      if (place.isOpen && thread.life === "ready" && !thread.isRetired) this.#fill(thread, place);
    }
    if (!this.#queue.isEmpty && this.threads.every(({ isRetired }) => isRetired)) this.#add();
  }

  #fill(thread: AppThread, place: Place): void {
    while (!place.isTaken && place.calls.size < GROUP) {
      const call = this.#queue.take((one) => place.calls.size === 0 || !this.#runsAlone(one));
      if (call === null) return;
      place.calls.add(call);
      place.isTaken = this.#runsAlone(call);
      thread.run(call);
    }
  }

  #add(): void {
    this.#waited = 0;
    this.#threads.set(this.#start(), { isOpen: false, calls: new Set(), isTaken: false });
  }
}
