const EDITION = 0;
const BYTES = 1;
const HEAD = 2 * Int32Array.BYTES_PER_ELEMENT;
const ROOM = 65_536;
/** UTF-8 of a UTF-16 unit, at most. */
const WIDEST = 3;

/**
 * Answers that have not left the thread yet, in memory that others see too: answers leave together, and a call that never lets go of the thread would keep back those of the calls
 * that have ended before it. The main thread finds them here while the thread is held.
 */
export class AnswerBoard {
  static readonly bytes = HEAD + ROOM;
  readonly #head: Int32Array;
  readonly #text: Buffer;

  /** `from`: where its bytes begin. */
  constructor(words: SharedArrayBuffer, from: number) {
    this.#head = new Int32Array(words, from, 2);
    this.#text = Buffer.from(words, from + HEAD, ROOM);
  }

  // --- in the thread ---

  /** A line. False: there is no room. */
  note(line: string): boolean {
    const at = Atomics.load(this.#head, BYTES);
    if (at + WIDEST * line.length + 1 > ROOM) return false;
    const written = this.#text.write(`${line}\n`, at);
    Atomics.store(this.#head, BYTES, at + written);
    return true;
  }

  /** All of them have left. */
  clear(): void {
    Atomics.add(this.#head, EDITION, 1);
    Atomics.store(this.#head, BYTES, 0);
  }

  // --- for those who look after it ---

  /** None while the thread is at work with it. */
  read(): readonly string[] {
    const edition = Atomics.load(this.#head, EDITION);
    const text = this.#text.toString("utf8", 0, Atomics.load(this.#head, BYTES));
    return text === "" || edition !== Atomics.load(this.#head, EDITION) ? [] : text.trimEnd().split("\n");
  }
}
