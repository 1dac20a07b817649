import { nextTick } from "../process/real-globals.ts";
import type { Frame } from "./frames.ts";
import { pack } from "./frames.ts";
import type { FromThread, ToThread } from "./messages.ts";
import { errorToWire } from "./wire-error.ts";

export interface OutboxParts<M> {
  post(frame: Frame): void;
  /** A message holds what cannot cross: the others of its tick have gone. */
  refused(message: M, error: unknown): void;
}

/** Collects what is said in one tick, and sends it as one frame at its end. */
export class Outbox<M extends ToThread | FromThread> {
  readonly #parts: OutboxParts<M>;
  #messages: M[] = [];
  readonly #onTick = (): void => this.flush();

  constructor(parts: OutboxParts<M>) {
    this.#parts = parts;
  }

  add(message: M): void {
    if (this.#messages.push(message) === 1) nextTick(this.#onTick);
  }

  flush(): void {
    if (this.#messages.length === 0) return;
    const messages = this.#messages;
    this.#messages = [];
    try {
      this.#parts.post(pack(messages));
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
