import type { InstanceNo } from "../../../model/ids.ts";
import type { Release, Stop } from "../../../store/commit.ts";
import { WAKES_STOPPED_SQL, wakeAtFor } from "../../../store/wake.ts";
import { nextWakeColumn } from "../../sql-rows.ts";
import { dropInstances } from "./drop.ts";
import { notOwned } from "./episodes.ts";
import type { Tx } from "./tx.ts";

export interface Left {
  readonly released: readonly InstanceNo[];
  readonly stopped: readonly InstanceNo[];
  readonly madeReady: boolean;
}

const STOP = `UPDATE instances SET owner = NULL, wake_at = NULL, stopped = ?1, crashes = coalesce(?2, crashes),
  suspicion = max(coalesce(?2, crashes) - 1, 0), poison_code_versions = coalesce(?3, poison_code_versions), version = version + 1 WHERE no = ?4`;

const NONE: Left = { released: [], stopped: [], madeReady: false };

/** Instances that leave their owner (docs/design/ownership.md 5): an instance with mail is not released. */
export function leave(
  tx: Tx,
  worker: number,
  allReleases: readonly Release[],
  allStops: readonly Stop[],
  notStarted: ReadonlySet<InstanceNo>,
): Left {
  if (allReleases.length === 0 && allStops.length === 0) return NONE;
  const releases = allReleases.filter(({ no }) => !notStarted.has(no));
  const stops = allStops.filter(({ no }) => !notStarted.has(no));
  refuseStrangers(tx, worker, [...releases, ...stops]);
  const released: InstanceNo[] = [];
  const stopped: InstanceNo[] = [];
  let madeReady = false;
  for (const { no, nextWake, asReady, drop } of releases) {
    if (!asReady && hasMail(tx, no)) continue;
    if (drop === true) {
      dropInstances(tx, [no]);
      released.push(no);
      continue;
    }
    const wakeAt = asReady ? tx.now : wakeAtFor(nextWake, false, tx.now);
    tx.connection
      .sql(
        "UPDATE instances SET owner = NULL, wake_at = ?, next_wake = ?, suspicion = max(crashes - 1, 0), version = version + 1 WHERE no = ?",
      )
      .run(wakeAt, nextWakeColumn(nextWake), no);
    released.push(no);
    if (wakeAt !== null && wakeAt <= tx.now) madeReady = true;
  }
  for (const { no, reason, crashes } of stops) {
    if (hasOperatorsMail(tx, no)) continue;
    tx.connection
      .sql(STOP)
      .run(JSON.stringify(reason), crashes, reason.codeVersions === undefined ? null : JSON.stringify(reason.codeVersions), no);
    stopped.push(no);
  }
  return { released, stopped, madeReady };
}

export const hasMail = (tx: Tx, no: number): boolean => tx.connection.sql("SELECT 1 FROM inbox WHERE no = ? LIMIT 1").get(no) !== undefined;

const hasOperatorsMail = (tx: Tx, no: number): boolean =>
  tx.connection.sql(`SELECT 1 FROM inbox WHERE no = ? AND kind IN (${WAKES_STOPPED_SQL}) LIMIT 1`).get(no) !== undefined;

function refuseStrangers(tx: Tx, worker: number, leaving: readonly { readonly no: InstanceNo; readonly version: number }[]): void {
  const own = tx.connection.sql("SELECT 1 FROM instances WHERE no = ? AND owner = ? AND version = ?");
  const strangers = leaving.filter(({ no, version }) => own.get(no, worker, version) === undefined).map(({ no }) => no);
  if (strangers.length > 0) throw notOwned(tx, strangers);
}
