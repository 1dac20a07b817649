import type { WorkerRow } from "../../store/rows.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { LeaseEvents } from "../lease/lease-keeper.ts";
import type { WatchEvents } from "../lease/lease-watch.ts";
import type { Rejoining } from "../life/rejoining.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Unoffered } from "../placement/unoffered.ts";

export interface WorkersSeenPort {
  readonly fleet: Pick<Fleet, "learn">;
  readonly unoffered: Pick<Unoffered, "onRenewal">;
  readonly rejoining: Pick<Rejoining, "fenced">;
}

/** What the store says of the workers, this one among them. */
export class WorkersSeen implements LeaseEvents, WatchEvents {
  readonly #port: WorkersSeenPort;

  constructor(port: WorkersSeenPort) {
    this.#port = port;
  }

  onWorkers(rows: readonly WorkerRow[], now: number): void {
    this.#port.fleet.learn(rows, now);
    this.#port.unoffered.onRenewal();
  }

  onFenced(identity: Identity): void {
    this.#port.rejoining.fenced(identity);
  }
}
