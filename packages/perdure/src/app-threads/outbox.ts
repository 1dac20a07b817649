import { nextTick } from "../process/real-globals.ts";
import type { Frame } from "./frames.ts";
import { pack } from "./frames.ts";
import type { FromThread, ToThread } from "./messages.ts";

/** Collects what is said in one tick, and sends it as one frame at its end. */
export class Outbox<M extends ToThread | FromThread> {
  readonly #post: (frame: Frame) => void;
  #messages: M[] = [];
  readonly #onTick = (): void => this.flush();

  constructor(post: (frame: Frame) => void) {
    this.#post = post;
  }

  add(message: M): void {
    if (this.#messages.push(message) === 1) nextTick(this.#onTick);
  }

  flush(): void {
    if (this.#messages.length === 0) return;
    const messages = this.#messages;
    this.#messages = [];
    this.#post(pack(messages));
  }
}
