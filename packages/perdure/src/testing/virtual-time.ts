import type { Clock, Ids, Scheduler } from "../process/clock.ts";
import { setImmediateNow, setTimeoutNow } from "../process/real-globals.ts";
import type { Random } from "./random.ts";

interface Timer {
  readonly at: number;
  readonly order: number;
  task: (() => void) | null;
}

/** More turns than this without time passing, and it never will. */
const TURNS_AT_ONE_MOMENT = 20_000;
/** What is real is often done within some turns. After that a look each millisecond: an activity that takes a second would keep a processor busy. */
const EAGER_LOOKS = 200;

/** Time in which nothing takes time: it stands still while code runs and jumps to the next timer when all is quiet. */
export class VirtualTime implements Clock, Scheduler {
  readonly #heap: Timer[] = [];
  readonly #busy: () => boolean;
  #now = 0;
  #order = 0;
  #turns = 0;

  /** `busy`: true while something real (a worker thread, a file) is awaited, so that time may not move on. */
  constructor(busy: () => boolean = () => false) {
    this.#busy = busy;
  }

  /** Code takes no time. */
  busyMs(): number {
    return 0;
  }

  monotonicMs(): number {
    return this.#now;
  }

  /** Tasks run so far: a measure of work that does not depend on the machine. */
  get turns(): number {
    return this.#turns;
  }

  after(ms: number, task: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order, task };
    this.#order += 1;
    this.#push(timer);
    return () => {
      timer.task = null;
    };
  }

  soon(task: () => void): () => void {
    return this.after(0, task);
  }

  /** Resolves after `ms` of virtual time. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Lets `ms` pass, with everything that falls due meanwhile. */
  advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    return this.#run(until, () => false).then(() => {
      this.#now = until;
    });
  }

  /**
   * Lets time pass until `done` says true (asked whenever all is quiet); false when `limitMs` passed, or nothing is left to wait for, before it
   * did.
   */
  runUntil(done: () => boolean, limitMs: number): Promise<boolean> {
    return this.#run(this.#now + limitMs, done);
  }

  /** Goes `ms` ahead at once; what fell due on the way runs late, in its order, when time is looked at again. */
  jump(ms: number): void {
    this.#now += Math.max(0, ms);
  }

  /** Runs what is due now, lets no time pass. */
  flush(): Promise<void> {
    return this.#run(this.#now, () => false).then(() => undefined);
  }

  /**
   * One timer a turn of the event loop: an immediate runs when microtasks and ticks are all done, which is what "quiet" means as long as nothing
   * real is awaited.
   */
  #run(until: number, done: () => boolean): Promise<boolean> {
    let here = this.#now;
    let turnsHere = 0;
    let looks = 0;
    return new Promise((resolve, reject) => {
      const turn = () => {
        if (this.#busy()) {
          looks += 1;
          if (looks <= EAGER_LOOKS) setImmediateNow(turn);
          else setTimeoutNow(turn, 1);
          return;
        }
        looks = 0;
        try {
          if (done()) {
            resolve(true);
            return;
          }
          const task = this.#take(until);
          if (task === null) {
            resolve(false);
            return;
          }
          this.#turns += 1;
          turnsHere = this.#now === here ? turnsHere + 1 : 0;
          here = this.#now;
          if (turnsHere > TURNS_AT_ONE_MOMENT) throw new Error(`livelock: ${turnsHere} turns, and virtual time stands at ${here} ms`);
          task();
        } catch (error) {
          reject(error);
          return;
        }
        setImmediateNow(turn);
      };
      setImmediateNow(turn);
    });
  }

  #take(until: number): (() => void) | null {
    for (let first = this.#heap[0]; first !== undefined && first.at <= until; first = this.#heap[0]) {
      this.#pop();
      if (first.task === null) continue;
      if (first.at > this.#now) this.#now = first.at;
      return first.task;
    }
    return null;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(timer, above)) break;
      heap[i] = above;
      heap[parent] = timer;
      i = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const a = heap[left];
      const b = heap[left + 1];
      const child = b !== undefined && a !== undefined && isBefore(b, a) ? left + 1 : left;
      const least = heap[child];
      if (least === undefined || !isBefore(least, last)) break;
      heap[i] = least;
      i = child;
    }
    heap[i] = last;
  }
}

const isBefore = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.order < b.order);

/**
 * One process's view of time. What it planned never happens once it is dead, and happens late, in order, when it was frozen meanwhile. Its
 * monotonic clock continues in either case, from an origin of its own.
 */
export class NodeTime implements Clock, Scheduler {
  readonly #time: VirtualTime;
  readonly #origin: number;
  #state: "running" | "frozen" | "dead" = "running";
  #held: (() => void)[] = [];

  constructor(time: VirtualTime, origin = 0) {
    this.#time = time;
    this.#origin = origin;
  }

  get isDead(): boolean {
    return this.#state === "dead";
  }

  get isFrozen(): boolean {
    return this.#state === "frozen";
  }

  /** Code takes no time. */
  busyMs(): number {
    return 0;
  }

  monotonicMs(): number {
    return this.#origin + this.#time.monotonicMs();
  }

  after(ms: number, task: () => void): () => void {
    if (this.#state === "dead") return () => {};
    let cancelled = false;
    const cancel = this.#time.after(ms, () => this.deliver(() => (cancelled ? undefined : task())));
    return () => {
      cancelled = true;
      cancel();
    };
  }

  soon(task: () => void): () => void {
    return this.after(0, task);
  }

  /** Hands something from outside to the process: now, when it thaws, or never. */
  deliver(task: () => void): void {
    if (this.#state === "running") task();
    else if (this.#state === "frozen") this.#held.push(task);
  }

  kill(): void {
    this.#state = "dead";
    this.#held = [];
  }

  freeze(): void {
    if (this.#state === "running") this.#state = "frozen";
  }

  thaw(): void {
    if (this.#state !== "frozen") return;
    this.#state = "running";
    const held = this.#held;
    this.#held = [];
    for (const task of held) this.#time.soon(() => this.deliver(task));
  }
}

/** The calendar as a machine shows it: virtual time plus all changes of the clock. */
export class VirtualCalendar {
  readonly #time: VirtualTime;
  #offset: number;
  #setBack = 0;

  constructor(time: VirtualTime, startsAt: number) {
    this.#time = time;
    this.#offset = startsAt;
  }

  readonly now = (): number => Math.floor(this.#offset + this.#time.monotonicMs());

  step(ms: number): void {
    this.#offset += ms;
    if (ms < 0) this.#setBack -= ms;
  }

  /** By how much it was set back, all times together: a store that never goes back may stand still for this long. */
  get setBackMs(): number {
    return this.#setBack;
  }
}

export const seededIds = (random: Random): Ids => ({ guid: () => random.hex(), orderedGuid: () => random.hex() });
