import type { FromThread, ToThread } from "./messages.ts";
import { errorFromWire } from "./wire-error.ts";

type Controller = ReadableStreamDefaultController<Uint8Array>;

/** Bodies of HTTP answers that come from a thread in parts, each when it is read. */
export class BodyReceiver {
  readonly #post: (message: ToThread) => void;
  readonly #open = new Map<number, { readonly controller: Controller; arrived: () => void }>();

  constructor(post: (message: ToThread) => void) {
    this.#post = post;
  }

  /** Bodies that are not whole yet. */
  get size(): number {
    return this.#open.size;
  }

  open(call: number): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#open.set(call, { controller, arrived: () => {} });
      },
      pull: () =>
        new Promise<void>((resolve) => {
          const body = this.#open.get(call);
          if (body === undefined) return resolve();
          body.arrived = resolve;
          this.#post({ kind: "more", call });
        }),
      cancel: () => this.#post({ kind: "enough", call }),
    });
  }

  /** True: the body is over, and the word of its call is free. */
  receive({ call, part }: Extract<FromThread, { readonly kind: "part" }>): boolean {
    const body = this.#open.get(call);
    if (body === undefined) return true;
    const isOver = !(part instanceof Uint8Array);
    if (isOver) this.#open.delete(call);
    attempt(() => {
      if (part === null) body.controller.close();
      else if (isOver) body.controller.error(errorFromWire(part));
      else body.controller.enqueue(part);
    });
    body.arrived();
    return isOver;
  }

  /** The thread has ended. */
  end(reason: string): void {
    for (const { controller, arrived } of this.#open.values()) {
      attempt(() => controller.error(new Error(`The thread of the function has ended: ${reason}.`)));
      arrived();
    }
    this.#open.clear();
  }
}

/** One that its reader has given up takes nothing any more. */
function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // as it is
  }
}
