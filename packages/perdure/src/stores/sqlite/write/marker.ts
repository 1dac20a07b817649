import type { CommitReceipt } from "../../../store/commit.ts";
import { StoreRefusalError } from "../../../store/errors.ts";
import { MARKERS_KEPT } from "../../../store/limits.ts";
import type { Connection } from "../connection.ts";
import { emptyReceipt, isEmpty } from "./empty-receipt.ts";
import type { Tx } from "./tx.ts";
import type { WireCommit } from "./wire-commit.ts";

/** Old markers go in slices of this many, so that no commit pays for a thousand. */
const PRUNE_EVERY = 128;

export function insertMarker(tx: Tx, commit: WireCommit, receipt: CommitReceipt): void {
  const { worker, n, token } = commit;
  // Decided by what the receipt says, not by what the batch has: births alone may be refused, and who has lost the answer must learn it from here.
  const text = isEmpty(receipt) ? null : JSON.stringify(receipt);
  tx.connection.sql("INSERT INTO batches (worker, n, token, at, receipt) VALUES (?, ?, ?, ?, ?)").run(worker, n, token, tx.now, text);
  if (n % PRUNE_EVERY === 0) tx.connection.sql("DELETE FROM batches WHERE worker = ? AND n <= ?").run(worker, n - MARKERS_KEPT);
}

/** Nothing that this worker has seen committed is missing: else the file is an older copy of itself. */
export function checkPast(tx: Tx, { worker, follows }: WireCommit): void {
  if (follows === 0) return;
  if (tx.connection.sql("SELECT 1 FROM batches WHERE worker = ? AND n = ?").get(worker, follows) !== undefined) return;
  throw new StoreRefusalError({ kind: "movedBack" });
}

/** A batch that failed because it was written before says so, instead of the error that this caused. */
export function refuseRepeated(tx: Tx, commit: WireCommit, error: unknown): void {
  const { worker, n, token } = commit;
  const marker = tx.connection.value("SELECT token FROM batches WHERE worker = ? AND n = ?", worker, n);
  if (marker === undefined) return;
  if (marker !== token) throw new StoreRefusalError({ kind: "markerTaken" }, { cause: error });
  throw new StoreRefusalError({ kind: "unknown", detail: `batch ${n} of worker ${worker} was committed before` }, { cause: error });
}

export function readMarker(
  connection: Connection,
  worker: number,
  n: number,
): { readonly token: string; readonly receipt: CommitReceipt } | null {
  const row = connection.sql("SELECT token, at, receipt FROM batches WHERE worker = ? AND n = ?").get(worker, n);
  if (row === undefined) return null;
  const { token, at, receipt } = row as { readonly token: string; readonly at: number; readonly receipt: string | null };
  return { token, receipt: receipt === null ? emptyReceipt(at) : (JSON.parse(receipt) as CommitReceipt) };
}
