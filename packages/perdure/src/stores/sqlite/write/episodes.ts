import type { InstanceNo } from "../../../model/ids.ts";
import { StoreRefusalError } from "../../../store/errors.ts";
import type { Stored } from "../payload-column.ts";
import { pack, packOrNull, SIDE_OVER_CHARS } from "../payload-column.ts";
import { INPUT_ASIDE, OUTPUT_ASIDE } from "../rows-of.ts";
import { insertHistory } from "../statements/insert-history.ts";
import { putAside } from "../statements/insert-instance.ts";
import type { EpisodeColumns } from "../statements/update-instance.ts";
import { completeInstance, updateInstance } from "../statements/update-instance.ts";
import type { Creation } from "./create.ts";
import type { Tx } from "./tx.ts";
import type { UpdateExtra, WireCommit } from "./wire-commit.ts";
import { HISTORY_STRIDE, UPDATE_STRIDE } from "./wire-commit.ts";

/** History and rows of the instances that this worker owns. */
export function writeEpisodes(tx: Tx, commit: WireCommit, creation: Creation): void {
  const { notStarted, late } = creation;
  const writer = new UpdateWriter(tx, commit);
  writer.write((no) => !notStarted.has(no) && !late.has(no));
  writer.refuseStrangers();
  const { history } = commit;
  for (let at = 0; at < history.length; at += HISTORY_STRIDE) {
    const no = history[at] as number;
    if (notStarted.size > 0 && notStarted.has(no as InstanceNo)) continue;
    const [generation, firstSeq, count] = [history[at + 1] as number, history[at + 2] as number, history[at + 3] as number];
    insertHistory(tx.connection, no, generation, firstSeq, count, history[at + 4] as string);
  }
}

class UpdateWriter {
  readonly #tx: Tx;
  readonly #commit: WireCommit;
  readonly #extras: ReadonlyMap<number, UpdateExtra>;
  readonly #strangers: InstanceNo[] = [];

  constructor(tx: Tx, commit: WireCommit) {
    this.#tx = tx;
    this.#commit = commit;
    this.#extras = new Map((commit.extras ?? []).map((extra) => [extra.no, extra]));
  }

  write(isMeant: (no: InstanceNo) => boolean): void {
    const { updates } = this.#commit;
    for (let at = 0; at < updates.length; at += UPDATE_STRIDE) {
      const no = updates[at] as InstanceNo;
      if (isMeant(no) && !this.#writeOne(columnsAt(updates, at))) this.#strangers.push(no);
    }
  }

  refuseStrangers(): void {
    if (this.#strangers.length > 0) throw notOwned(this.#tx, this.#strangers);
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
    const isAside = input !== null && input.length > SIDE_OVER_CHARS;
    if (isAside) putAside(connection, no, "input", pack(input));
    else connection.sql("DELETE FROM payloads WHERE no = ? AND slot = 'input'").run(no);
    connection
      .sql("UPDATE instances SET input = ?, side = (side & ~?) | ? WHERE no = ?")
      .run(isAside ? null : input, INPUT_ASIDE, isAside ? INPUT_ASIDE : 0, no);
  }
}

function columnsAt(updates: WireCommit["updates"], at: number): EpisodeColumns {
  const customStatus: Stored = packOrNull(updates[at + 6] as string | null);
  return {
    no: updates[at] as number,
    expectedVersion: updates[at + 1] as number,
    version: updates[at + 2] as number,
    generation: updates[at + 3] as number,
    executionId: updates[at + 4] as string,
    status: updates[at + 5] as string,
    customStatus,
    nextWake: updates[at + 7] as number | null,
    updatedAt: updates[at + 8] as number,
  };
}

export function notOwned(tx: Tx, nos: readonly InstanceNo[]): StoreRefusalError {
  const known = tx.connection.number("SELECT count(*) FROM instances WHERE no IN (SELECT value FROM json_each(?))", JSON.stringify(nos));
  return new StoreRefusalError({ kind: "notOwned", nos, missing: known < nos.length });
}
