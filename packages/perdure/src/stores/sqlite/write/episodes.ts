import type { InstanceNo } from "../../../model/ids.ts";
import { StoreRefusalError } from "../../../store/errors.ts";
import { pack, SIDE_OVER_CHARS } from "../payload-column.ts";
import { INPUT_ASIDE, OUTPUT_ASIDE } from "../rows-of.ts";
import { RESULT, resultCode } from "../sqlite-error.ts";
import { insertHistory, insertOwnedHistory } from "../statements/insert-history.ts";
import { putAside } from "../statements/insert-instance.ts";
import type { EpisodeColumns } from "../statements/update-instance.ts";
import { completeInstance, updateInstance } from "../statements/update-instance.ts";
import type { Creation } from "./create.ts";
import { noteOutgrown } from "./past-history.ts";
import type { Tx } from "./tx.ts";
import type { UpdateExtra, WireCommit } from "./wire-commit.ts";
import { columnsAt, HISTORY_STRIDE, historyAt, UPDATE_STRIDE } from "./wire-commit.ts";

/** History and rows of the instances that this worker owns. */
export function writeEpisodes(tx: Tx, commit: WireCommit, creation: Creation): void {
  const { notStarted, late, updated } = creation;
  const writer = new UpdateWriter(tx, commit);
  writer.write((no) => !notStarted.has(no) && !late.has(no) && !updated.has(no));
  const strangers = [...writer.strangers, ...writeHistory(tx, commit, notStarted)];
  if (strangers.length > 0) throw notOwned(tx, strangers);
}

/** Gives the instances that are not this worker's at the expected version and place. */
function writeHistory({ connection }: Tx, commit: WireCommit, notStarted: ReadonlySet<InstanceNo>): readonly InstanceNo[] {
  const { history, worker } = commit;
  const strangers: InstanceNo[] = [];
  for (let at = 0; at < history.length; at += HISTORY_STRIDE) {
    const row = historyAt(history, at);
    const no = row.no as InstanceNo;
    if (notStarted.has(no)) continue;
    const version = history[at + 1] as number | null;
    try {
      if (version === null) insertHistory(connection, row);
      else if (!insertOwnedHistory(connection, row, worker, version)) strangers.push(no);
    } catch (error) {
      if (resultCode(error) !== RESULT.constraint) throw error;
      strangers.push(no); // that place is taken
    }
  }
  return strangers;
}

class UpdateWriter {
  readonly #tx: Tx;
  readonly #commit: WireCommit;
  readonly #extras: ReadonlyMap<number, UpdateExtra>;
  readonly strangers: InstanceNo[] = [];

  constructor(tx: Tx, commit: WireCommit) {
    this.#tx = tx;
    this.#commit = commit;
    this.#extras = new Map((commit.extras ?? []).map((extra) => [extra.no, extra]));
  }

  write(isMeant: (no: InstanceNo) => boolean): void {
    const { updates } = this.#commit;
    for (let at = 0; at < updates.length; at += UPDATE_STRIDE) {
      const no = updates[at] as InstanceNo;
      if (isMeant(no) && !this.#writeOne(columnsAt(updates, at))) this.strangers.push(no);
    }
  }

  #writeOne(columns: EpisodeColumns): boolean {
    const { connection } = this.#tx;
    const extra = this.#extras.size === 0 ? undefined : this.#extras.get(columns.no);
    const { worker } = this.#commit;
    if (extra?.completed === undefined) {
      if (!updateInstance(connection, worker, columns)) return false;
    } else if (!this.#complete(columns, extra.completed)) return false;
    if (extra?.input !== undefined) this.#replaceInput(columns.no, extra.input);
    return true;
  }

  #complete(columns: EpisodeColumns, { at, output }: NonNullable<UpdateExtra["completed"]>): boolean {
    const isAside = output !== null && output.length > SIDE_OVER_CHARS;
    const end = { output: isAside ? null : output, side: isAside ? OUTPUT_ASIDE : 0, at };
    if (!completeInstance(this.#tx.connection, this.#commit.worker, columns, end)) return false;
    if (isAside) putAside(this.#tx.connection, columns.no, "output", pack(output));
    return true;
  }

  /** At continue-as-new. */
  #replaceInput(no: number, input: string | null): void {
    const { connection } = this.#tx;
    noteOutgrown(this.#tx, no);
    const isAside = input !== null && input.length > SIDE_OVER_CHARS;
    if (isAside) putAside(connection, no, "input", pack(input));
    else connection.sql("DELETE FROM payloads WHERE no = ? AND slot = 'input'").run(no);
    connection
      .sql("UPDATE instances SET input = ?, side = (side & ~?) | ? WHERE no = ?")
      .run(isAside ? null : input, INPUT_ASIDE, isAside ? INPUT_ASIDE : 0, no);
  }
}

export function notOwned(tx: Tx, nos: readonly InstanceNo[]): StoreRefusalError {
  const known = tx.connection.number("SELECT count(*) FROM instances WHERE no IN (SELECT value FROM json_each(?))", JSON.stringify(nos));
  return new StoreRefusalError({ kind: "notOwned", nos, missing: known < nos.length });
}
