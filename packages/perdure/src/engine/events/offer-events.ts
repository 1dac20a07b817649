import type { Executor } from "../../model/executor.ts";
import { namesOffered } from "../../model/executor.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import type { LeaseKeeper } from "../lease/lease-keeper.ts";
import type { Membership } from "../life/membership.ts";
import type { OfferListener } from "../life/work.ts";
import type { Phase } from "../phase.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { NewPlaces } from "./new-places.ts";

export interface OfferEventsPort {
  readonly parts: { readonly executor: Pick<Executor, "offer"> };
  readonly phase: Phase;
  readonly fleet: Pick<Fleet, "offered">;
  readonly lease: Pick<LeaseKeeper, "renewSoon">;
  readonly membership: Pick<Membership, "resumeStopped">;
  readonly newPlaces: Pick<NewPlaces, "fill">;
  lookAround(): void;
}

/** The executor can run other functions, more or fewer of them, or has a place for them again. */
export class OfferEvents implements OfferListener {
  readonly #port: OfferEventsPort;

  constructor(port: OfferEventsPort) {
    this.#port = port;
  }

  offerChanged(): void {
    const { parts, phase, fleet, lease, membership, newPlaces } = this.#port;
    if (phase !== "running") return;
    if (fleet.offered(namesOffered(parts.executor.offer))) {
      lease.renewSoon();
      membership.resumeStopped().then(
        () => this.#port.lookAround(),
        (error: unknown) => void saidByStore(error), // away: what is stopped waits for the next worker that joins
      );
    }
    newPlaces.fill();
  }
}
