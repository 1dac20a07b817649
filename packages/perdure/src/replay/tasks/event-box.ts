import type { EventRaised } from "../../model/history.ts";

/** A wait for an external event. */
export interface EventWaiter {
  /** As its author wrote it. */
  readonly name: string;
  readonly nameKey: string;
  /** False when it refuses the event and keeps waiting; `at`: its place among the EventRaised of the execution, from 0. */
  offer(event: EventRaised, at: number): boolean;
}

/** An event and its place among all of the execution. */
export interface Arrived {
  readonly at: number;
  readonly event: EventRaised;
}

interface Queue {
  readonly arrived: Arrived[];
  head: number;
}

const NO_NAMES: readonly string[] = [];

/** Taken events are cut off in lots of this size: a long queue is emptied in linear time. */
const COMPACT_AFTER = 1_024;

/**
 * External events of one instance. Payloads first in, first out; of several waits on one name the newest is served first, so that waits
 * abandoned in a loop over `any` swallow nothing.
 */
export class EventBox {
  /** Null: no event has come yet, no wait was made. Most orchestrators know neither. */
  #queues: Map<string, Queue> | null = null;
  #waiters: Map<string, EventWaiter[]> | null = null;
  #count = 0;
  #waiting = 0;

  /** Open waits. */
  get waiting(): number {
    return this.#waiting;
  }

  /** What is waited for, each name once. */
  get waitedFor(): readonly string[] {
    if (this.#waiters === null || this.#waiting === 0) return NO_NAMES;
    return [...this.#waiters.values()].map((waiters) => waiters[0]?.name ?? "");
  }

  /** Gives the event to the newest wait, which may refuse it, or keeps it when there is no wait; true when a wait took it. */
  deliver(nameKey: string, event: EventRaised): boolean {
    const at = this.#count++;
    const waiter = this.#waiters?.get(nameKey)?.at(-1);
    if (waiter !== undefined) {
      if (!waiter.offer(event, at)) return false;
      this.remove(waiter);
      return true;
    }
    const arrived = { at, event };
    this.#queues ??= new Map();
    const queue = this.#queues.get(nameKey);
    if (queue === undefined) this.#queues.set(nameKey, { arrived: [arrived], head: 0 });
    else queue.arrived.push(arrived);
    return false;
  }

  /** The oldest kept event of that name. */
  take(nameKey: string): Arrived | null {
    const queue = this.#queues?.get(nameKey);
    const first = queue?.arrived[queue.head];
    if (queue === undefined || first === undefined) return null;
    queue.head++;
    if (queue.head === queue.arrived.length) this.#queues?.delete(nameKey);
    else if (queue.head >= COMPACT_AFTER) {
      queue.arrived.splice(0, queue.head);
      queue.head = 0;
    }
    return first;
  }

  wait(waiter: EventWaiter): void {
    this.#waiting++;
    this.#waiters ??= new Map();
    const waiters = this.#waiters.get(waiter.nameKey);
    if (waiters === undefined) this.#waiters.set(waiter.nameKey, [waiter]);
    else waiters.push(waiter);
  }

  /** Takes a wait out; one that is not there is ignored. */
  remove(waiter: EventWaiter): void {
    const waiters = this.#waiters?.get(waiter.nameKey);
    const at = waiters?.lastIndexOf(waiter) ?? -1;
    if (waiters === undefined || at < 0) return;
    this.#waiting--;
    if (waiters.length === 1) this.#waiters?.delete(waiter.nameKey);
    else waiters.splice(at, 1);
  }

  /** All events that were not waited for, oldest first. */
  leftover(): EventRaised[] {
    const kept: Arrived[] = [];
    for (const queue of this.#queues?.values() ?? []) {
      for (let i = queue.head; i < queue.arrived.length; i++) {
        const arrived = queue.arrived[i];
        if (arrived !== undefined) kept.push(arrived);
      }
    }
    kept.sort((one, other) => one.at - other.at);
    return kept.map((arrived) => arrived.event);
  }
}
