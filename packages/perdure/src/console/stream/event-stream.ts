import { NOT_KEPT, securedResponse } from "../answers.ts";
import type { InstanceRow, StreamMessage } from "../wire.ts";

const encoder = new TextEncoder();

export interface StreamOrder {
  readonly watched: readonly string[];
  readonly until: number | null;
}

/** One open page. */
export class EventStream {
  readonly response: Response;
  readonly watched: readonly string[];
  /** When its session is over; null: never. */
  readonly until: number | null;
  /** What was last sent of each that is watched, as JSON. */
  readonly #sent = new Map<string, string>();
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;

  constructor({ watched, until }: StreamOrder, onClosed: (stream: EventStream) => void) {
    this.watched = watched;
    this.until = until;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
        controller.enqueue(encoder.encode("retry: 2000\n\n")); // the answer goes out with it
      },
      cancel: () => {
        this.#controller = null;
        onClosed(this);
      },
    });
    // Proxies must neither keep nor gather what is said.
    const headers = { "Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no" };
    this.response = securedResponse(body, 200, { ...headers, ...NOT_KEPT });
  }

  /** A reader that is behind gets no more until it has caught up: then what is newest. */
  get takesMore(): boolean {
    return (this.#controller?.desiredSize ?? 0) > -MOST_WAITING;
  }

  send({ type, data }: StreamMessage): void {
    this.#controller?.enqueue(encoder.encode(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`));
  }

  /** If it is another than when it was last sent. */
  sendRow(id: string, row: InstanceRow | null): void {
    const text = JSON.stringify(row);
    if (this.#sent.get(id) === text) return;
    this.#sent.set(id, text);
    this.send({ type: "changed", data: { id, row } });
  }

  end(): void {
    const controller = this.#controller;
    this.#controller = null;
    controller?.close();
  }
}

/** Messages. */
const MOST_WAITING = 20;
