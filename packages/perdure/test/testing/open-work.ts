import type { Store } from "../../src/store/contract.ts";

const OPEN = ["Pending", "Running", "Suspended"] as const;

/** Whether an instance has not ended yet. To be asked again and again: a dump of all rows would cost more than the work that is waited for. */
export async function isWorkOpen(store: Store): Promise<boolean> {
  const all = { createdFrom: null, createdTo: null, idPrefix: null, stopped: null, continuation: null };
  return (await store.query({ ...all, statuses: OPEN, limit: 1, payloads: "none" })).rows.length > 0;
}
