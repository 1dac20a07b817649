import type { Scheduler } from "../../process/clock.ts";

interface Entry<Item> {
  readonly at: number;
  readonly item: Item;
}

/**
 * No sleep is longer than this. Store time may jump ahead of the local monotonic clock (a machine that slept, a clock that was set), and is
 * learnt from the store's replies, at least one a second: the queue looks at it as often. (`setTimeout` would overflow at 24.8 days besides.)
 */
const LONGEST_SLEEP_MS = 1_000;

/** A shorter heap is never cleared: what does not matter any more costs little in it. */
const CLEARED_FROM = 128;

export interface TimerQueueHost<Item> {
  now(): number;
  onDue(item: Item, at: number): void;
  /** Whether this item still waits for this time. */
  isWanted(item: Item, at: number): boolean;
}

/**
 * Items by due time (a binary heap), with one pending sleep for the earliest. Nothing is cancelled by itself: entries that are not needed any more are
 * cleared out together, whenever the heap is twice as long as after the last time. So it never holds on to an instance that has left until a timer of
 * it would have been due, which may be a month later.
 */
export class TimerQueue<Item> {
  readonly #scheduler: Scheduler;
  readonly #host: TimerQueueHost<Item>;
  #heap: Entry<Item>[] = [];
  #clearedAt = CLEARED_FROM;
  #cancelSleep: (() => void) | null = null;
  #sleepsUntil = Number.POSITIVE_INFINITY;

  constructor(scheduler: Scheduler, host: TimerQueueHost<Item>) {
    this.#scheduler = scheduler;
    this.#host = host;
  }

  add(at: number, item: Item): void {
    if (this.#heap.length >= this.#clearedAt) this.#clearUnwanted();
    this.#rise(this.#heap.push({ at, item }) - 1, at);
    if (at < this.#sleepsUntil) this.#sleep();
  }

  /** An array in order is a heap. */
  #clearUnwanted(): void {
    this.#heap = this.#heap.filter(({ item, at }) => this.#host.isWanted(item, at)).sort((a, b) => a.at - b.at);
    this.#clearedAt = Math.max(CLEARED_FROM, 2 * this.#heap.length);
  }

  #rise(index: number, at: number): void {
    let i = index;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.#at(parent) <= at) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  stop(): void {
    this.#cancelSleep?.();
    this.#cancelSleep = null;
    this.#heap.length = 0;
    this.#clearedAt = CLEARED_FROM;
    this.#sleepsUntil = Number.POSITIVE_INFINITY;
  }

  #fire(): void {
    this.#cancelSleep = null;
    this.#sleepsUntil = Number.POSITIVE_INFINITY;
    const now = this.#host.now();
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      this.#pop();
      this.#host.onDue(first.item, first.at);
    }
    this.#sleep();
  }

  #sleep(): void {
    const first = this.#heap[0];
    if (first === undefined) return;
    this.#cancelSleep?.();
    this.#sleepsUntil = first.at;
    const wait = Math.min(Math.max(first.at - this.#host.now(), 0), LONGEST_SLEEP_MS);
    this.#cancelSleep = this.#scheduler.after(wait, () => this.#fire());
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      const right = left + 1;
      let least = i;
      if (left < heap.length && this.#at(left) < this.#at(least)) least = left;
      if (right < heap.length && this.#at(right) < this.#at(least)) least = right;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #at(index: number): number {
    return this.#heap[index]?.at ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const first = this.#heap[a];
    const second = this.#heap[b];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}
