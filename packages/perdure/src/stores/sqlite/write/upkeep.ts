import type { WorkerId } from "../../../model/ids.ts";
import type { CodeParams, EndedAt } from "../../../store/contract.ts";
import { MARKERS_OF_THE_GONE_MS, SWEEP_SLICE } from "../../../store/limits.ts";
import type { SweepReceipt } from "../../../store/sweep.ts";
import { mayCure, triedBy } from "../../../store/wake.ts";
import { stopReasonOf } from "../../sql-rows.ts";
import { makeReady } from "./mail.ts";
import { dropPastHistory } from "./past-history.ts";
import { giveSlots } from "./tasks.ts";
import type { Tx } from "./tx.ts";
import { clearInboxes, startReplacements } from "./unread.ts";
import { freeInstances, takeOver } from "./workers.ts";

/** From one to the next by the index: each may have any number of tasks. */
const SLOTS = `WITH RECURSIVE present (slot) AS (
    SELECT min(slot) FROM tasks WHERE slot IS NOT NULL
    UNION ALL SELECT (SELECT min(slot) FROM tasks WHERE slot > p.slot) FROM present p WHERE p.slot IS NOT NULL)
  SELECT p.slot FROM present p WHERE p.slot IS NOT NULL`;

/** docs/design/ownership.md 9: what must never be needed, and what no worker does otherwise. */
export function sweep(tx: Tx): SweepReceipt {
  const { connection } = tx;
  const replacements = startReplacements(tx);
  const droppedMail = clearInboxes(tx);
  const woken = connection
    .sql(
      `UPDATE instances SET wake_at = ?1 WHERE no IN (SELECT no FROM inbox) AND owner IS NULL AND stopped IS NULL AND completed_at IS NULL
       AND (wake_at IS NULL OR wake_at > ?1)`,
    )
    .run(tx.now);
  let tombstones = 0;
  for (const worker of workersOf(tx, "SELECT worker FROM workers WHERE fence IS NULL")) {
    if (takeOver(tx, worker, SWEEP_SLICE).done) tombstones += 1;
  }
  const strays = freeStrays(tx);
  for (const { slot } of connection.sql(SLOTS).all()) tx.openSlots.add(slot as string);
  const kept = giveSlots(tx) ? 1 : 0;
  connection.sql("DELETE FROM batches WHERE at < ? AND worker NOT IN (SELECT worker FROM workers)").run(tx.now - MARKERS_OF_THE_GONE_MS);
  return { repaired: Number(woken.changes) + strays + kept, ...replacements, droppedMail, tombstones, ...dropPastHistory(tx) };
}

/** What belongs to a worker that has no row. */
function freeStrays(tx: Tx): number {
  const owners = "SELECT DISTINCT owner AS worker FROM instances WHERE owner IS NOT NULL AND owner NOT IN (SELECT worker FROM workers)";
  let freed = 0;
  for (const owner of workersOf(tx, owners)) freed += freeInstances(tx, owner, -1, true);
  const tasks = tx.connection
    .sql("UPDATE tasks SET worker = NULL, crashes = crashes + 1 WHERE worker IS NOT NULL AND worker NOT IN (SELECT worker FROM workers)")
    .run();
  return freed + Number(tasks.changes);
}

const workersOf = (tx: Tx, sql: string): readonly WorkerId[] =>
  (tx.connection.sql(sql).all() as unknown as readonly { readonly worker: WorkerId }[]).map(({ worker }) => worker);

interface Stopped {
  readonly no: number;
  readonly name_key: string;
  readonly stopped: string;
}

export function resumeForCode(tx: Tx, { keys, codeVersion }: CodeParams): number {
  const wanted = new Set<string>(keys);
  const stopped = tx.connection
    .sql("SELECT no, name_key, stopped FROM instances WHERE stopped IS NOT NULL")
    .all() as unknown as readonly Stopped[];
  const curable = stopped.flatMap(({ no, name_key: key, stopped: text }) => {
    const reason = wanted.has(key) ? stopReasonOf(text) : null;
    return reason !== null && mayCure(reason, codeVersion) ? [{ no, reason }] : [];
  });
  for (const { no, reason } of curable) {
    const tried = triedBy(reason, codeVersion);
    if (tried !== null) tx.connection.sql("UPDATE instances SET poison_code_versions = ? WHERE no = ?").run(JSON.stringify(tried), no);
    makeReady(tx, no);
  }
  return curable.length;
}

export function dateEnds({ connection }: Tx, ends: readonly EndedAt[]): void {
  const statement = connection.sql("UPDATE instances SET completed_at = ? WHERE no = ? AND completed_at IS NOT NULL");
  for (const { no, at } of ends) statement.run(at, no);
}
