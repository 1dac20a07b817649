import type { Store } from "../../store/contract.ts";
import type { InspectedFleet } from "./fleet-types.ts";
import { queueOf } from "./queue.ts";
import { fleetRates } from "./rates.ts";
import { workerList } from "./workers.ts";

/** Counted for each name. */
const CAP = 10_000;

/** A read of the workers and one of what waits for them, however much of it is shown. */
export async function readFleet(store: Pick<Store, "readBacklog" | "readWorkers">): Promise<InspectedFleet> {
  const [found, backlog] = await Promise.all([store.readWorkers(), store.readBacklog({ cap: CAP })]);
  return { workers: workerList(found), rates: fleetRates(found, backlog), queue: queueOf(found, backlog) };
}
