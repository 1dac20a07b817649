import type { Worker } from "../engine/worker.ts";
import { fault } from "../errors/perdure-error.ts";
import type { HubClientParts } from "./hub-client.ts";
import { createHubClient } from "./hub-client.ts";
import type { StoreClient } from "./types.ts";
import type { WaitsParts } from "./waits.ts";
import { Waits } from "./waits.ts";
import { ProgressTeller } from "./watch/progress-teller.ts";
import { Watches } from "./watch/watches.ts";

export interface ProcessParts extends Omit<HubClientParts, "waits" | "watches" | "worker"> {
  /** Store time while this process has no worker; a worker knows it better. */
  readonly now: () => number;
  readonly onEnds?: WaitsParts["onEnds"];
}

/**
 * The client of one process and, once it has one, its worker. They are connected here and nowhere else: while the worker runs, its commits carry the
 * client's calls and its memory answers first, and what begins or ends in it is told to the callers that wait.
 */
export class ProcessOfHub {
  readonly client: StoreClient;
  readonly waits: Waits;
  readonly #watches: Watches;
  readonly #parts: Pick<ProcessParts, "store" | "scheduler" | "clock" | "ids">;
  #teller: ProgressTeller | null = null;
  readonly #now: () => number;
  #worker: Worker | null = null;

  constructor({ onEnds, ...parts }: ProcessParts) {
    this.#now = parts.now;
    const { store, scheduler, clock, acceptMs } = parts;
    const running = () => (this.#worker?.phase === "running" ? this.#worker : null);
    this.waits = new Waits({
      store,
      scheduler,
      clock,
      peek: (id) => running()?.peek(id),
      ...(onEnds === undefined ? {} : { onEnds }),
      ...(acceptMs === undefined ? {} : { acceptMs }),
    });
    this.#parts = parts;
    this.#watches = new Watches({ ...parts, worker: running, now: () => this.now });
    this.client = createHubClient({ ...parts, waits: this.waits, watches: this.#watches, worker: running, now: () => this.now });
  }

  /** In any phase of its life. */
  get worker(): Worker | null {
    return this.#worker;
  }

  /** Store time as well as this process knows it. */
  get now(): number {
    return this.#worker?.storeNow ?? this.#now();
  }

  /** To be called before the worker starts. */
  connect(worker: Worker): void {
    this.#worker = worker;
    worker.onStart((instance) => this.waits.onStart(instance.state.instanceId));
    worker.onEnd((instance) => this.waits.onEnd(instance));
    const { live: bus } = this.#parts.store;
    if (bus !== undefined) this.#teller = new ProgressTeller({ ...this.#parts, bus, worker });
    this.#watches.workerCame();
  }

  /** The hub was closed: nothing comes any more. */
  close(): void {
    this.#teller?.stop();
    this.waits.close();
    this.#watches.close(() => fault("HUB_CLOSED"));
  }
}
