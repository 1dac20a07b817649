import { nextTick } from "../process/real-globals.ts";
import type { Frame } from "./frames.ts";
import { frameOf, pack, textOf } from "./frames.ts";
import type { FromThread, ToThread } from "./messages.ts";
import { errorToWire } from "./wire-error.ts";

export interface OutboxParts<M> {
  post(frame: Frame): void;
  /** A message holds what cannot cross: the others of its tick have gone. */
  refused(message: M, error: unknown): void;
  /** More is about to be said: it is flushed then. */
  isExpecting?(): boolean;
  /** `text`: as it goes; null: beside the text. False: it cannot wait for others. */
  mayWait?(message: M, text: string | null): boolean;
  /** All has left. */
  left?(): void;
}

/**
 * Messages of one frame. The other side answers a frame when it has run all of it, so with one frame for all that a commit has released the threads wait for each
 * other: in frames of 32, hello-sequence-5 with 256 in flight had 1.1 to 1.2 x the rate (2 times 5 and 7 turns beside other work, 2026-11-30).
 */
const MOST = 32;

/** Collects what is said in one tick, and sends it at its end, as one frame or a few. */
export class Outbox<M extends ToThread | FromThread> {
  readonly #parts: OutboxParts<M>;
  #messages: M[] = [];
  /** Of each of them, where it was needed before they leave. */
  #texts: (string | null)[] = [];
  readonly #onTick = (): void => this.flush();

  constructor(parts: OutboxParts<M>) {
    this.#parts = parts;
  }

  add(message: M): void {
    const count = this.#messages.push(message);
    if (!this.#mayWait(message)) this.flush();
    else if (count === 1 && this.#parts.isExpecting?.() !== true) nextTick(this.#onTick);
  }

  #mayWait(message: M): boolean {
    const { mayWait } = this.#parts;
    if (mayWait === undefined) return true;
    const text = textOf(message);
    this.#texts.push(text);
    return mayWait(message, text);
  }

  flush(): void {
    if (this.#messages.length === 0) return;
    const [messages, texts] = [this.#messages, this.#texts];
    this.#messages = [];
    this.#texts = [];
    if (messages.length <= MOST) this.#send(texts, messages);
    else
      for (let from = 0; from < messages.length; from += MOST)
        this.#send(texts.slice(from, from + MOST), messages.slice(from, from + MOST));
    this.#parts.left?.();
  }

  #send(texts: readonly (string | null)[], messages: readonly M[]): void {
    try {
      this.#parts.post(texts.length === 0 ? pack(messages) : frameOf(texts, messages));
    } catch {
      for (const message of messages) this.#sendAlone(message);
    }
  }

  #sendAlone(message: M): void {
    try {
      this.#parts.post(pack([message]));
    } catch (error) {
      this.#parts.refused(message, error);
    }
  }
}

/** Of the host: an answer of the hub's client that cannot cross is told as its error. */
export function hostOutbox(post: (frame: Frame) => void): Outbox<ToThread> {
  const outbox = new Outbox<ToThread>({
    post,
    refused: (message, error) => {
      if (message.kind === "told") outbox.add({ ...message, outcome: { error: errorToWire(error) } });
    },
  });
  return outbox;
}
