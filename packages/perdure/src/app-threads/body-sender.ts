import { setImmediateNow } from "../process/real-globals.ts";
import type { HttpAnswer } from "./guest.ts";
import type { FromThread } from "./messages.ts";
import { errorToWire } from "./wire-error.ts";

type Read = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>;

interface Body {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  /** Read already, or being read. */
  readonly ahead: Promise<Read>[];
}

/**
 * Bodies of HTTP answers on their way out of the thread. One that is whole at once, as most are, goes with its answer; of any other a part goes when
 * it is asked for, so that a caller who reads slowly slows the function down.
 */
export class BodySender {
  readonly #post: (message: FromThread) => void;
  readonly #bodies = new Map<number, Body>();

  constructor(post: (message: FromThread) => void) {
    this.#post = post;
  }

  send(call: number, head: HttpAnswer, stream: ReadableStream<Uint8Array>): void {
    void this.#send(call, head, stream).catch((error: unknown) => {
      this.#post({ kind: "answer", call, answer: { ...head, body: "parts" } });
      this.#post({ kind: "part", call, part: errorToWire(error) });
    });
  }

  async #send(call: number, head: HttpAnswer, stream: ReadableStream<Uint8Array>): Promise<void> {
    const reader = stream.getReader();
    const first = await reader.read();
    if (first.done) return this.#post({ kind: "answer", call, answer: { ...head, body: null } });
    const second = reader.read();
    second.catch(() => {}); // told where it is asked for
    const soon = await Promise.race([second, new Promise<null>((resolve) => void setImmediateNow(resolve, null))]);
    if (soon?.done === true) return this.#post({ kind: "answer", call, answer: { ...head, body: first.value } });
    this.#bodies.set(call, { reader, ahead: [Promise.resolve(first), second] });
    this.#post({ kind: "answer", call, answer: { ...head, body: "parts" } });
  }

  more(call: number): void {
    const body = this.#bodies.get(call);
    if (body === undefined) return;
    const next = body.ahead.shift() ?? body.reader.read();
    next.then(
      ({ done, value }) => this.#part(call, done ? null : value),
      (error: unknown) => this.#part(call, errorToWire(error)),
    );
  }

  /** It is not read any more. */
  enough(call: number): void {
    const body = this.#bodies.get(call);
    if (body === undefined) return;
    this.#bodies.delete(call);
    body.reader.cancel().catch(() => {}); // the function learns it where it writes
    this.#post({ kind: "part", call, part: null });
  }

  #part(call: number, part: Extract<FromThread, { readonly kind: "part" }>["part"]): void {
    if (!this.#bodies.has(call)) return;
    if (!(part instanceof Uint8Array)) this.#bodies.delete(call);
    this.#post({ kind: "part", call, part });
  }
}
