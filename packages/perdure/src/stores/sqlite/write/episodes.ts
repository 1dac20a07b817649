import type { InstanceNo } from "../../../model/ids.ts";
import { StoreRefusalError } from "../../../store/errors.ts";
import { pack, SIDE_OVER_CHARS } from "../payload-column.ts";
import { INPUT_ASIDE, OUTPUT_ASIDE } from "../rows-of.ts";
import { RESULT, resultCode } from "../sqlite-error.ts";
import { insertHistory, insertOwnedHistory } from "../statements/insert-history.ts";
import { putAside } from "../statements/insert-instance.ts";
import { completeInstance, updateInstance } from "../statements/update-instance.ts";
import { noteLoop } from "./audit.ts";
import type { Creation } from "./create.ts";
import { noteOutgrown } from "./past-history.ts";
import type { Tx } from "./tx.ts";
import type { UpdateRow, WireCommit } from "./wire-commit.ts";
import { historyRows } from "./wire-commit.ts";

/** History and rows of the instances that this worker owns. */
export function writeEpisodes(tx: Tx, commit: WireCommit, updates: readonly UpdateRow[], creation: Creation): void {
  const { notStarted, late, updated } = creation;
  const strangers: InstanceNo[] = [];
  for (const row of updates) {
    const no = row.no as InstanceNo;
    if (notStarted.has(no) || late.has(no) || updated.has(no)) continue;
    if (!writeUpdate(tx, commit.worker, row)) strangers.push(no);
  }
  strangers.push(...writeHistory(tx, commit, notStarted));
  if (strangers.length > 0) throw notOwned(tx, strangers);
}

/** Gives the instances that are not this worker's at the expected version and place. */
function writeHistory({ connection }: Tx, commit: WireCommit, notStarted: ReadonlySet<InstanceNo>): readonly InstanceNo[] {
  const strangers: InstanceNo[] = [];
  for (const row of historyRows(commit)) {
    const no = row.no as InstanceNo;
    if (notStarted.has(no)) continue;
    try {
      if (row.expectedVersion === -1) insertHistory(connection, row);
      else if (!insertOwnedHistory(connection, row, commit.worker)) strangers.push(no);
    } catch (error) {
      if (resultCode(error) !== RESULT.constraint) throw error;
      strangers.push(no); // that place is taken
    }
  }
  return strangers;
}

function writeUpdate(tx: Tx, worker: number, row: UpdateRow): boolean {
  noteOutgrown(tx, row.no, row.generation);
  if (row.continuedAsNew > 0) noteLoop(tx, row.no, row.continuedAsNew);
  const isWritten = row.endedAs === 0 ? updateInstance(tx.connection, worker, row) : complete(tx, worker, row);
  if (isWritten && row.hasInput === 1) replaceInput(tx, row);
  if (isWritten && row.hasLabels === 1) replaceLabels(tx, row);
  return isWritten;
}

function complete({ connection, now }: Tx, worker: number, row: UpdateRow): boolean {
  const { no, output } = row;
  const at = Math.max(now, row.updatedAt);
  const isAside = output !== null && output.length > SIDE_OVER_CHARS;
  if (!completeInstance(connection, worker, row, { at, output: isAside ? null : output, side: isAside ? OUTPUT_ASIDE : 0 })) return false;
  if (isAside) putAside(connection, no, "output", pack(output));
  return true;
}

function replaceInput(tx: Tx, { no, input }: UpdateRow): void {
  const { connection } = tx;
  const isAside = input !== null && input.length > SIDE_OVER_CHARS;
  if (isAside) putAside(connection, no, "input", pack(input));
  else connection.sql("DELETE FROM payloads WHERE no = ? AND slot = 'input'").run(no);
  connection
    .sql("UPDATE instances SET input = ?, side = (side & ~?) | ? WHERE no = ?")
    .run(isAside ? null : input, INPUT_ASIDE, isAside ? INPUT_ASIDE : 0, no);
}

function replaceLabels({ connection }: Tx, { no, orchestrationVersion, tags }: UpdateRow): void {
  connection.sql("UPDATE instances SET orchestration_version = ?, tags = ? WHERE no = ?").run(orchestrationVersion, tags, no);
}

export function notOwned(tx: Tx, nos: readonly InstanceNo[]): StoreRefusalError {
  const known = tx.connection.number("SELECT count(*) FROM instances WHERE no IN (SELECT value FROM json_each(?))", JSON.stringify(nos));
  return new StoreRefusalError({ kind: "notOwned", nos, missing: known < nos.length });
}
