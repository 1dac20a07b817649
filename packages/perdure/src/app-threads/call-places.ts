import type { PlacedCall } from "./call-memory.ts";
import { MOST_CALLS, numberAfter } from "./call-memory.ts";
import { unpack } from "./frames.ts";
import type { FromThread } from "./messages.ts";

/** On the main thread: the places of the calls of one thread (call-memory.ts), and their numbers there. */
export class CallPlaces {
  readonly #numbers: number[] = [];
  /** The last one next. */
  readonly #free: number[] = [];

  /** Null: the thread has as many as it may have. */
  post(): number | null {
    const call = this.#free.pop() ?? (this.#numbers.length < MOST_CALLS ? this.#numbers.length : null);
    if (call !== null) this.#numbers[call] = numberAfter(this.#numbers[call] ?? 0);
    return call;
  }

  /** No message about it follows: another may have its place. */
  release(call: number): void {
    this.#free.push(call);
  }

  at(call: number): PlacedCall {
    return [call, this.#numbers[call] ?? 0];
  }

  /** What those lines of a board (answer-board.ts) say of calls that are at their places now. */
  answersIn(lines: readonly string[]): readonly FromThread[] {
    return lines.flatMap((line) => {
      const gap = line.indexOf(" ");
      return unpack<FromThread>([`[${line.slice(gap + 1)}]`]).filter(
        (message) => message.kind === "answer" && this.at(message.call)[1] === Number(line.slice(0, gap)),
      );
    });
  }
}
