import type { Identity } from "../commits/sealed-batch.ts";
import type { WorkerParts } from "../options.ts";
import type { Loader } from "../ownership/loader.ts";
import type { KeptResults } from "../tasks/kept-results.ts";

export interface OwnedInstancesPort {
  readonly parts: Pick<WorkerParts, "store">;
  readonly identity: Identity;
  readonly keptResults: Pick<KeptResults, "forgetAllBut">;
  readonly loader: Pick<Loader, "load">;
}

/** The instances that the store has as this worker's, for a memory that was cleared. */
export class OwnedInstances {
  readonly #port: OwnedInstancesPort;

  constructor(port: OwnedInstancesPort) {
    this.#port = port;
  }

  async readAll(): Promise<void> {
    const { parts, identity, keptResults, loader } = this.#port;
    const owned = await parts.store.readOwned(identity.worker);
    const nos = owned.map(({ no }) => no);
    keptResults.forgetAllBut(new Set(nos));
    await loader.load(nos);
  }
}
