import type { WireError } from "./wire-error.ts";
import { errorFromWire } from "./wire-error.ts";

type Controller = ReadableStreamDefaultController<Uint8Array>;

/** What is said to the other side. */
export interface BodySource<Key> {
  /** The next part is wanted. */
  more(key: Key): void;
  /** No more is. */
  enough(key: Key): void;
}

/** Bodies that come from the other side of a thread in parts, each when it is read: of answers, and of requests. */
export class BodyReceiver<Key> {
  readonly #source: BodySource<Key>;
  readonly #open = new Map<Key, { readonly controller: Controller; arrived: () => void }>();

  constructor(source: BodySource<Key>) {
    this.#source = source;
  }

  /** Those of which more may come. */
  get size(): number {
    return this.#open.size;
  }

  open(key: Key): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#open.set(key, { controller, arrived: () => {} });
      },
      pull: () => this.#asked(key),
      cancel: () => this.#source.enough(key),
    });
  }

  /** One that leaves nothing behind when it is never read. */
  openLater(key: Key): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (!this.#open.has(key)) this.#open.set(key, { controller, arrived: () => {} });
          return this.#asked(key);
        },
        cancel: () => {
          if (this.#open.delete(key)) this.#source.enough(key);
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** `part`: null: the body is whole. True: it is over. */
  receive(key: Key, part: Uint8Array | WireError | null): boolean {
    const body = this.#open.get(key);
    if (body === undefined) return true;
    const isOver = !(part instanceof Uint8Array);
    if (isOver) this.#open.delete(key);
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

  #asked(key: Key): Promise<void> {
    return new Promise<void>((resolve) => {
      const body = this.#open.get(key);
      if (body === undefined) return resolve();
      body.arrived = resolve;
      this.#source.more(key);
    });
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
