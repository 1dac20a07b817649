import type { InstanceNo, WorkerId } from "../../model/ids.ts";
import type { GroupCommit } from "../../store/commit.ts";
import { StoreRefusalError } from "../../store/errors.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { wakeAtFor, wakesStopped } from "../../store/wake.ts";
import type { Tables } from "./tables.ts";

export interface Left {
  readonly released: readonly InstanceNo[];
  readonly stopped: readonly InstanceNo[];
  readonly madeReady: boolean;
}

/** Instances that leave their owner (docs/design/ownership.md 5): an instance with mail is not released. */
export function leave(tables: Tables, batch: GroupCommit, notStarted: ReadonlySet<InstanceNo>): Left {
  const releases = batch.releases.filter(({ no }) => !notStarted.has(no));
  const stops = batch.stops.filter(({ no }) => !notStarted.has(no));
  refuseStrangers(tables, batch.worker, [...releases, ...stops]);
  const now = tables.now();
  const released: InstanceNo[] = [];
  const stopped: InstanceNo[] = [];
  let madeReady = false;
  for (const { no, nextWake, asReady, drop } of releases) {
    const row = tables.instances.get(no);
    if (row === undefined || (!asReady && tables.mailOf(no).length > 0)) continue;
    if (drop === true) {
      tables.dropInstance(no);
      released.push(no);
      continue;
    }
    const wakeAt = asReady ? now : wakeAtFor(nextWake, false, now);
    tables.putInstance({ ...row, owner: null, wakeAt, nextWake, version: row.version + 1 });
    released.push(no);
    if (wakeAt !== null && wakeAt <= now) madeReady = true;
  }
  for (const { no, reason, crashes } of stops) {
    const row = tables.instances.get(no);
    if (row === undefined || tables.mailOf(no).some((mail) => wakesStopped(mail.kind))) continue;
    tables.putInstance({
      ...row,
      owner: null,
      wakeAt: null,
      stopped: reason,
      crashes: crashes ?? row.crashes,
      poisonCodeVersions: reason.codeVersions ?? row.poisonCodeVersions,
      version: row.version + 1,
    });
    stopped.push(no);
  }
  return { released, stopped, madeReady };
}

function refuseStrangers(
  tables: Tables,
  worker: WorkerId,
  leaving: readonly { readonly no: InstanceNo; readonly version: number }[],
): void {
  const isOwn = (row: InstanceRow | undefined, version: number) => row !== undefined && row.owner === worker && row.version === version;
  const nos = leaving.filter(({ no, version }) => !isOwn(tables.instances.get(no), version)).map(({ no }) => no);
  if (nos.length > 0) throw new StoreRefusalError({ kind: "notOwned", nos, missing: nos.some((no) => !tables.instances.has(no)) });
}
