import type { ActivityRequest } from "../../model/executor.ts";
import { Fifo } from "../../model/fifo.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { Scheduler } from "../../process/clock.ts";
import type { Pace } from "./pace.ts";

export interface OfInstance {
  readonly instance: { readonly no: InstanceNo };
}

/** Null: it is not wanted any more. */
export type RequestOf<Call> = (call: Call) => ActivityRequest | null;

/** Those of the calls of one instance that are left: the next, up to `end`. */
interface Rest {
  readonly no: InstanceNo | undefined;
  readonly end: number;
  readonly submit: (from: number, end: number) => void;
  next: number;
}

/**
 * Calls that may begin, before they are attempts that wait for a place: of an instance with many (100,000 take 0.2 s) a part in each turn of the event loop.
 * Until then its history is all that knows them, as after a crash.
 */
export class Coming {
  readonly #scheduler: Pick<Scheduler, "soon">;
  readonly #pace: Pick<Pace, "perTurn">;
  readonly #submit: (request: ActivityRequest) => void;
  readonly #rests = new Fifo<Rest>();
  #size = 0;
  #isSoon = false;

  constructor(scheduler: Pick<Scheduler, "soon">, pace: Pick<Pace, "perTurn">, submit: (request: ActivityRequest) => void) {
    this.#scheduler = scheduler;
    this.#pace = pace;
    this.#submit = submit;
  }

  get size(): number {
    return this.#size;
  }

  /** Calls of one instance follow each other. */
  add<Call extends OfInstance>(calls: readonly Call[], requestOf: RequestOf<Call>): void {
    const submit = (from: number, end: number): void => {
      for (let at = from; at < end; at++) {
        const call = calls[at];
        const request = call === undefined ? null : requestOf(call);
        if (request !== null) this.#submit(request);
      }
    };
    const { perTurn } = this.#pace;
    if (calls.length <= perTurn) {
      submit(0, calls.length);
      return;
    }
    for (let from = 0, end = 0; from < calls.length; from = end) {
      while (end < calls.length && calls[end]?.instance.no === calls[from]?.instance.no) end += 1;
      this.#take({ no: calls[from]?.instance.no, next: from, end, submit }, perTurn);
    }
    this.#continueSoon();
  }

  /** All that is left of one instance, at once: it is about to leave, and takes those along that are attempts. */
  submitRest(no: InstanceNo): void {
    for (let left = this.#rests.length; left > 0; left--) {
      const rest = this.#rests.shift();
      if (rest === undefined) return;
      this.#size -= rest.end - rest.next;
      this.#take(rest, rest.no === no ? rest.end : 0);
    }
  }

  clear(): void {
    this.#rests.clear();
    this.#size = 0;
  }

  #take(rest: Rest, atMost: number): void {
    const from = rest.next;
    rest.next = Math.min(rest.end, from + atMost);
    if (rest.next < rest.end) {
      this.#rests.push(rest);
      this.#size += rest.end - rest.next;
    }
    rest.submit(from, rest.next);
  }

  #continueSoon(): void {
    if (this.#isSoon || this.#rests.length === 0) return;
    this.#isSoon = true;
    this.#scheduler.soon(this.#continue);
  }

  readonly #continue = (): void => {
    this.#isSoon = false;
    const rest = this.#rests.shift();
    if (rest === undefined) return;
    this.#size -= rest.end - rest.next;
    this.#take(rest, this.#pace.perTurn);
    this.#continueSoon();
  };
}
