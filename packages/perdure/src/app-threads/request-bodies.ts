import type { ToThread, WireWork, Work } from "./messages.ts";
import type { WireError } from "./wire-error.ts";
import { errorToWire } from "./wire-error.ts";

type Part = Uint8Array | WireError | null;

interface OpenBody {
  readonly body: ReadableStream<Uint8Array>;
  /** Null: nothing of it was read, so the request may still go to another thread. */
  reader: ReadableStreamDefaultReader<Uint8Array> | null;
}

/**
 * Bodies of HTTP requests on their way into a thread, by the ids of their invocations. A part goes when the function asks for it, so a function that reads slowly slows
 * its caller down. What is not read is left where it is: to give up a body would cut the connection, and with it the answer.
 */
export class RequestBodies {
  readonly #post: (message: ToThread) => void;
  readonly #open = new Map<string, OpenBody>();

  constructor(post: (message: ToThread) => void) {
    this.#post = post;
  }

  /** The work of a call as it crosses: a body that comes in parts stays here. */
  onItsWay(work: Work): WireWork {
    if (work.kind !== "invocation") return work;
    const { request } = work;
    if (request.kind !== "http") return { kind: "invocation", request };
    const { body } = request;
    if (!(body instanceof ReadableStream)) return { kind: "invocation", request: { ...request, body } };
    this.#open.set(request.id, { body, reader: null });
    return { kind: "invocation", request: { ...request, body: "parts" } };
  }

  more(id: string): void {
    const open = this.#open.get(id);
    if (open === undefined) {
      this.#post({ kind: "bodyPart", id, part: overText() });
      return;
    }
    open.reader ??= open.body.getReader();
    open.reader.read().then(
      ({ done, value }) => this.#part(id, done ? null : value),
      (error: unknown) => this.#part(id, errorToWire(error)),
    );
  }

  /** It is not read any more; or its request goes to another thread, which has read nothing of it. */
  forget(id: string): void {
    this.#open.delete(id);
  }

  /** Its request was answered: what still reads it is told so. */
  end(id: string): void {
    const isRead = this.#open.get(id)?.reader !== null;
    if (this.#open.delete(id) && isRead) this.#post({ kind: "bodyPart", id, part: overText() });
  }

  #part(id: string, part: Part): void {
    if (!this.#open.has(id)) return;
    if (!(part instanceof Uint8Array)) this.#open.delete(id);
    this.#post({ kind: "bodyPart", id, part });
  }
}

const overText = (): WireError => errorToWire(new Error("The request was answered before its body was read to the end."));
