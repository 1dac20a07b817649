import { StoreRefusalError } from "../../../store/errors.ts";
import type { Tx } from "./tx.ts";

/** "This worker is alive", inside the transaction that writes. */
export function checkFence(tx: Tx, worker: number, fence: number): void {
  const row = tx.connection.sql("SELECT 1 FROM workers WHERE worker = ? AND fence = ?").get(worker, fence);
  if (row === undefined) throw new StoreRefusalError({ kind: "fenced" });
}
