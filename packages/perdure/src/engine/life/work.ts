import { inEngine } from "../../process/code-scope.ts";
import type { LeaseKeeper } from "../lease/lease-keeper.ts";
import type { WorkerParts } from "../options.ts";
import type { Upkeep } from "../upkeep/upkeep.ts";

export interface OfferListener {
  /** The executor may offer something other than before. */
  offerChanged(): void;
}

export interface WorkPort {
  readonly parts: Pick<WorkerParts, "store" | "executor">;
  readonly lease: Pick<LeaseKeeper, "start" | "stop">;
  readonly upkeep: Pick<Upkeep, "start">;
  readonly offers: OfferListener;
  /** All that looks for work, or does any, of itself ends for good; all but the lease. */
  haltParts(): void;
  lookAround(): void;
}

/** What a worker does unasked as long as it is one: it keeps its lease, looks for work, hears what has changed, and cleans up. */
export class Work {
  readonly #port: WorkPort;
  #stopHints: (() => void) | null = null;

  constructor(port: WorkPort) {
    this.#port = port;
  }

  /** The worker has joined. */
  begin(): void {
    const { parts, lease, upkeep, offers } = this.#port;
    const stopHints = parts.store.onForeignChange(() => this.#port.lookAround());
    const stopOffers = parts.executor.onOffer(() => inEngine(() => offers.offerChanged()));
    this.#stopHints = () => {
      stopHints();
      stopOffers();
    };
    offers.offerChanged(); // what has changed while it joined
    lease.start();
    upkeep.start();
    this.#port.lookAround();
  }

  /** It has lost its name, and has none for a while. */
  pause(): void {
    this.#port.lease.stop();
  }

  /** It has joined again. */
  goOn(): void {
    this.#port.offers.offerChanged(); // what has changed while it joined
    this.#port.lease.start();
    this.#port.lookAround();
  }

  /** Nothing new is looked for. */
  stopHints(): void {
    this.#stopHints?.();
    this.#stopHints = null;
  }

  end(): void {
    this.stopHints();
    this.#port.lease.stop();
    this.#port.haltParts();
  }
}
