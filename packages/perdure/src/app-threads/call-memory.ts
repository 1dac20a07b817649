import { AnswerBoard } from "./answer-board.ts";

const TURNS = 0;
const ACCUSED = 1;
const RUNNING = 2;
const FIRST = 3;
const NO_CALL = -1;

/** Calls that one thread may have at once. 256 KiB. */
export const MOST_CALLS = 65_536;

const CALL_BYTES = Int32Array.BYTES_PER_ELEMENT * (FIRST + MOST_CALLS);

/** Numbers of the calls that have the same place, one after another. They come round again; two that are compared are always near each other. */
const NUMBERS = 2 ** 30;
export const numberAfter = (number: number): number => (number + 1) % NUMBERS;
const isOlder = (one: number, other: number): boolean => (one - other + NUMBERS) % NUMBERS >= NUMBERS / 2;

/** What the thread that runs an app says of its calls. */
export type OwnCalls = Pick<CallMemory, "come" | "begin" | "numberOf" | "answers" | "running" | "runs" | "paused" | "turn" | "accuse">;

/** A call, by its place and its number there. */
export type PlacedCall = readonly [call: number, number: number];

/**
 * What a thread that runs an app and those who look after it know of each other while it hears and says nothing, in memory that both see: for each place the number of the
 * call that was decided there last, and how.
 *
 *   on its way ──begin (the thread that runs it)──► begun
 *        └──take back (who looks after it)──► taken back
 *
 * **A call has begun when code of the app is about to run for it**, and not when its message was read: what stands behind a function that never lets go, be it in the same
 * frame or in the queue of microtasks, has not. Both steps are one compare-and-swap at the same word, so each call is begun or taken back, never both and never twice.
 */
export class CallMemory {
  readonly words: SharedArrayBuffer;
  /** Each line: the number of the call at its place, and the message. */
  readonly answers: AnswerBoard;
  readonly #view: Int32Array;
  /** In the thread: the number of the call that came last, by its place. */
  readonly #numbers: number[] = [];

  constructor(words: SharedArrayBuffer = new SharedArrayBuffer(CALL_BYTES + AnswerBoard.bytes)) {
    this.words = words;
    this.answers = new AnswerBoard(words, CALL_BYTES);
    this.#view = new Int32Array(words, 0, FIRST + MOST_CALLS);
  }

  // --- in the thread that runs the app ---

  /** Its message was read. False: it was taken back on its way. */
  come(call: number): boolean {
    const number = numberAfter(this.#numbers[call] ?? 0);
    this.#numbers[call] = number;
    return Atomics.load(this.#view, FIRST + call) !== takenBack(number);
  }

  numberOf(call: number): number {
    return this.#numbers[call] ?? 0;
  }

  /** True also of one that has. False: it was taken back. */
  begin(call: number): boolean {
    const number = this.#numbers[call] ?? 0;
    const before = Atomics.load(this.#view, FIRST + call);
    if (before === begun(number)) return true;
    return before !== takenBack(number) && Atomics.compareExchange(this.#view, FIRST + call, before, begun(number)) === before;
  }

  /** Its code begins to run, and nothing else does until it is paused. */
  runs(call: number): void {
    Atomics.store(this.#view, RUNNING, call + 1);
  }

  /** That stretch of code is over. */
  paused(): void {
    Atomics.store(this.#view, RUNNING, 0);
  }

  /** It lives: the call that was accused has not ended it. */
  turn(): void {
    Atomics.add(this.#view, TURNS, 1);
    Atomics.store(this.#view, ACCUSED, 0);
  }

  /** The first accusation stays: what ends with the thread comes after it. Null: code of a call that was answered. */
  accuse(call: number | null): void {
    Atomics.compareExchange(this.#view, ACCUSED, 0, call === null ? NO_CALL : call + 1);
  }

  // --- for those who look after it ---

  /** False: it has begun, or was taken back before. */
  takeBack([call, number]: PlacedCall): boolean {
    const before = Atomics.load(this.#view, FIRST + call);
    return isOlder(numberIn(before), number) && Atomics.compareExchange(this.#view, FIRST + call, before, takenBack(number)) === before;
  }

  hasBegun([call, number]: PlacedCall): boolean {
    return Atomics.load(this.#view, FIRST + call) === begun(number);
  }

  /** The last at each place that have, those that were answered too. */
  get begun(): readonly PlacedCall[] {
    const all: PlacedCall[] = [];
    for (let call = 0; call < MOST_CALLS; call++) {
      const word = Atomics.load(this.#view, FIRST + call);
      if (word === begun(numberIn(word))) all.push([call, numberIn(word)]);
    }
    return all;
  }

  /** Rises while the thread takes messages. */
  get turns(): number {
    return Atomics.load(this.#view, TURNS);
  }

  /** The call whose code ended the thread, as far as the thread could say it; "none": code of no call that was open. */
  get accused(): number | "none" | null {
    const word = Atomics.load(this.#view, ACCUSED);
    return word === NO_CALL ? "none" : callIn(word);
  }

  /** The call whose code is running, as far as that is known: it alone can be what holds the thread. Null: it may be any that has begun. */
  get running(): number | null {
    return callIn(Atomics.load(this.#view, RUNNING));
  }
}

const takenBack = (number: number): number => number * 2;
const begun = (number: number): number => number * 2 + 1;
const numberIn = (word: number): number => word >>> 1;
const callIn = (word: number): number | null => (word === 0 ? null : word - 1);
