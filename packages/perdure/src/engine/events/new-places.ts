import type { Executor, Offer } from "../../model/executor.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Intake } from "../claims/intake.ts";
import type { Redelivery } from "../episodes/redelivery.ts";
import { hasGained } from "../executor/waiting-for-place.ts";
import type { Turns } from "../turns/turns.ts";

export interface NewPlacesPort {
  readonly parts: { readonly executor: Pick<Executor, "offer"> };
  readonly redelivery: Pick<Redelivery, "placesCame">;
  readonly dispatcher: Pick<Dispatcher, "startNext" | "placesCame">;
  readonly turns: Pick<Turns, "onRoom">;
  readonly intake: Pick<Intake, "claimNow">;
}

/** The executor may have places that it had not: what waits for one continues. */
export class NewPlaces {
  readonly #port: NewPlacesPort;
  /** As it was when it last changed. */
  #offer: Offer;

  constructor(port: NewPlacesPort) {
    this.#port = port;
    this.#offer = port.parts.executor.offer;
  }

  fill(): void {
    const { parts, redelivery, dispatcher, turns, intake } = this.#port;
    const { offer } = parts.executor;
    if (hasGained(this.#offer, offer, "orchestrator") || hasGained(this.#offer, offer, "entity")) redelivery.placesCame();
    if (hasGained(this.#offer, offer, "activity")) dispatcher.placesCame();
    this.#offer = offer;
    dispatcher.startNext();
    turns.onRoom();
    intake.claimNow();
  }
}
