import type { InstanceNo } from "../../../model/ids.ts";
import type { RunInTheWay, StartReceipt } from "../../../store/contract.ts";
import type { EditedRow, Reopening, StartWithHistory } from "../../../store/edits.ts";
import { packOrNull } from "../payload-column.ts";
import { OUTPUT_ASIDE } from "../rows-of.ts";
import { insertHistory } from "../statements/insert-history.ts";
import { noteRuns } from "./audit.ts";
import { start } from "./clients.ts";
import { targetById } from "./mail.ts";
import { noteOutgrown } from "./past-history.ts";
import { dropTasks, giveSlots } from "./tasks.ts";
import type { Tx } from "./tx.ts";
import { readAgain } from "./unread.ts";

const REOPEN = `UPDATE instances SET version = version + 1, generation = generation + 1,
  start_id = CASE WHEN execution_id = ?1 THEN start_id ELSE coalesce(start_id, execution_id) END, execution_id = ?1, status = 'Running', output = NULL,
  side = side & ~${OUTPUT_ASIDE}, completed_at = NULL, stopped = NULL, crashes = 0, suspicion = 0, next_wake = 0, wake_at = ?2, updated_at = ?2
  WHERE no = ?3`;

const ENDED = "SELECT 1 FROM instances WHERE no = ? AND generation = ? AND version = ? AND completed_at IS NOT NULL";

export function reopen(tx: Tx, { no, generation, version, executionId, history, note }: Reopening): "reopened" | "changed" {
  const { connection, now } = tx;
  if (connection.sql(ENDED).get(no, generation, version) === undefined) return "changed";
  noteOutgrown(tx, no, generation + 1);
  if (note !== undefined) noteRuns(tx, [no], note);
  connection.sql(REOPEN).run(executionId, now, no);
  connection.sql("DELETE FROM payloads WHERE no = ? AND slot = 'output'").run(no);
  dropTasks(tx, "no = ?", no);
  giveSlots(tx);
  readAgain(tx, no);
  write(tx, no, generation + 1, history);
  return "reopened";
}

export function startWithHistory(tx: Tx, params: StartWithHistory): StartReceipt | RunInTheWay {
  const { start: spec, history, customStatus, note, ...asked } = params;
  const before = targetById(tx, spec.instanceId);
  const receipt = start(tx, { ...asked, start: spec, onExisting: "error" });
  const row = targetById(tx, spec.instanceId);
  if (receipt.outcome !== "started" || row === undefined || row.no === before?.no) return receipt;
  tx.connection.sql("UPDATE instances SET status = 'Running', custom_status = ? WHERE no = ?").run(packOrNull(customStatus), row.no);
  write(tx, row.no, 0, history);
  if (note !== undefined) noteRuns(tx, [row.no], note);
  return { ...receipt, status: "Running" };
}

function write({ connection, now: at }: Tx, no: InstanceNo, generation: number, history: readonly EditedRow[]): void {
  for (const { firstSeq, count, events } of history)
    insertHistory(connection, { no, generation, firstSeq, count, events, at, expectedVersion: -1 });
}
