import { streamAddress } from "./client.ts";

/** How a page hears of changes: `open` while messages come. */
export type StreamState = "opening" | "open" | "closed";

export interface StreamListener {
  readonly message: (type: string, data: unknown) => void;
  readonly state: (state: StreamState) => void;
}

const TYPES = ["tick", "changed", "progress", "bulk", "dev", "bye"] as const;
const RETRY_MS = 2_000;
/** `open` a second time within this is one more change of what is watched, not a new page. */
const SETTLE_MS = 50;

/**
 * The one stream of a page. A hidden page has none: browsers allow six connections to a host over HTTP/1.1, and a tab that nobody sees would hold one. It is
 * opened again, with pauses, until it is closed for good.
 */
export class HubStream {
  readonly #listener: StreamListener;
  #source: EventSource | null = null;
  #watched: readonly string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWanted = false;

  constructor(listener: StreamListener) {
    this.#listener = listener;
    document.addEventListener("visibilitychange", () => this.#restart(0));
  }

  open(): void {
    this.#isWanted = true;
    this.#restart(0);
  }

  close(): void {
    this.#isWanted = false;
    this.#restart(0);
  }

  /** Instances whose changes are told. */
  watch(ids: readonly string[]): void {
    if (ids.length === this.#watched.length && ids.every((id, index) => id === this.#watched[index])) return;
    this.#watched = ids;
    this.#restart(SETTLE_MS);
  }

  #restart(pauseMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#isWanted || document.hidden) {
      this.#end();
      this.#listener.state("closed");
      return;
    }
    this.#timer = setTimeout(() => this.#connect(), pauseMs);
  }

  #end(): void {
    this.#source?.close();
    this.#source = null;
  }

  #connect(): void {
    this.#end();
    const source = new EventSource(streamAddress(this.#watched));
    this.#source = source;
    this.#listener.state("opening");
    source.onopen = () => this.#listener.state("open");
    source.onerror = () => {
      this.#listener.state("closed");
      // The browser tries again by itself, except after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED) this.#restart(RETRY_MS);
    };
    for (const type of TYPES) {
      source.addEventListener(type, (event: MessageEvent<string>) => {
        const data: unknown = JSON.parse(event.data);
        this.#listener.message(type, data);
        if (type === "bye") this.#restart(RETRY_MS);
      });
    }
  }
}
