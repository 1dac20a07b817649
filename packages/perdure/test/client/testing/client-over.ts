import { createHubClient } from "../../../src/client/hub-client.ts";
import type { StoreClient } from "../../../src/client/types.ts";
import { Waits } from "../../../src/client/waits.ts";
import { Watches } from "../../../src/client/watch/watches.ts";
import type { Store } from "../../../src/store/contract.ts";
import { Random } from "../../../src/testing/random.ts";
import type { VirtualTime } from "../../../src/testing/virtual-time.ts";
import { seededIds } from "../../../src/testing/virtual-time.ts";

/** The client of a process that has no worker. */
export function clientOver(store: Store, time: VirtualTime, now: () => number): StoreClient {
  const parts = { store, ids: seededIds(new Random(1)), now, clock: time, scheduler: time, worker: () => null };
  const waits = new Waits({ store, scheduler: time, clock: time, peek: () => undefined });
  return createHubClient({ ...parts, maxPayloadBytes: 1_000, waits, watches: new Watches(parts) });
}
