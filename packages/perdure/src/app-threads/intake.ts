import { nextTick, setImmediateNow } from "../process/real-globals.ts";
import type { ToThread } from "./messages.ts";

/** While no more than these wait, each message has a turn of its own. */
const FEW = 8;
/** Messages of one turn while more do. */
const TOGETHER = 16;
/** Taken and still in the list, at most. */
const TAKEN = 1_000;

export interface IntakeParts {
  take(message: ToThread): void;
  /** Messages were taken. */
  turned(): void;
}

/**
 * Messages as they come to a thread. Each is taken in a turn of the event loop of its own, in which its answer leaves, as long as few wait; of many, some together, so that their
 * answers leave together. A call that never lets go of the thread keeps back the answers of those before it in its turn, and nothing else. So an HTTP function or a trigger, which no
 * one calls again, is always alone in its turn, and every message is once a thread of the app was held.
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #waiting: ToThread[] = [];
  #next = 0;
  /** Messages that this turn has taken. */
  #taken = 0;
  isOneByOne = false;
  readonly #onTurn = (): void => {
    this.#taken = 0;
    this.#go();
  };
  readonly #onTick = (): void => {
    this.#taken = 0;
  };

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  add(messages: readonly ToThread[]): void {
    const mayGo = this.#waiting.length === 0;
    this.#waiting.push(...messages);
    if (mayGo) this.#go();
  }

  #go(): void {
    const waiting = this.#waiting;
    const together = this.isOneByOne || waiting.length - this.#next <= FEW ? 1 : TOGETHER;
    let isApart = false;
    for (let message = waiting[this.#next]; message !== undefined; message = waiting[this.#next]) {
      const wasApart = isApart;
      isApart = message.kind === "run" && message.work.kind === "invocation";
      if (this.#taken > 0 && (isApart || wasApart || this.#taken >= together)) break;
      if (this.#taken === 0) nextTick(this.#onTick);
      this.#taken += 1;
      this.#next += 1;
      this.#parts.take(message);
    }
    this.#parts.turned();
    if (this.#next < waiting.length) setImmediateNow(this.#onTurn);
    if (this.#next < waiting.length && this.#next < TAKEN) return;
    waiting.splice(0, this.#next);
    this.#next = 0;
  }
}
