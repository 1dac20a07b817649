import { isLiveAt } from "../../client/waiting-for.ts";
import { fault } from "../../errors/perdure-error.ts";
import type { WorkerId } from "../../model/ids.ts";
import type { Store } from "../../store/contract.ts";
import { ALL } from "./read-store.ts";

/** What is moved must stand still: a worker would change it, or run half of what is there. */
export async function refuseLiveWorkers(store: Store, besides: WorkerId | null = null): Promise<void> {
  const { now, workers } = await store.readWorkers();
  const live = workers.find((one) => one.worker !== besides && isLiveAt(one, now));
  if (live !== undefined) throw fault("STORE_IN_USE", store.capabilities.location, live.host);
}

/** A number that was given before may still be named: by a message on its way, by a worker that hangs. */
export async function refuseUsed(store: Store): Promise<void> {
  const { rows } = await store.query({ ...ALL, limit: 1, payloads: "none", continuation: null });
  if (rows.length > 0 || (await store.reserveNumbers(1)).first !== 1) throw fault("STORE_NOT_EMPTY", store.capabilities.location);
}
