import { instanceKey } from "../../model/function-kind.ts";
import type { WorkerId } from "../../model/ids.ts";
import { slotId } from "../../model/slot.ts";
import type { CodeParams, EndedAt } from "../../store/contract.ts";
import { MARKERS_OF_THE_GONE_MS, PAST_HISTORY_SLICE, SWEEP_SLICE } from "../../store/limits.ts";
import type { SweepReceipt } from "../../store/sweep.ts";
import { mayCure, outlivesEnd, triedBy } from "../../store/wake.ts";
import { carryOutAccepted } from "./clients.ts";
import { makeReady } from "./mail.ts";
import type { Tables } from "./tables.ts";
import { allTasks, giveSlots } from "./tasks.ts";
import { free, takeOver } from "./workers.ts";

/** docs/design/ownership.md 9: what must never be needed, and what no worker does otherwise. */
export function sweep(tables: Tables): SweepReceipt {
  const now = tables.now();
  const started = startReplacements(tables);
  let repaired = 0;
  let droppedMail = 0;
  let tombstones = 0;
  for (const [no, mail] of tables.inbox) {
    const row = tables.instances.get(no);
    if (row === undefined || row.completedAt !== null) {
      const kept = row === undefined ? [] : mail.filter(({ kind }) => outlivesEnd(kind, row.status));
      droppedMail += mail.length - kept.length;
      tables.set(tables.inbox, no, undefined);
      if (kept.length > 0) tables.set(tables.unread, no, kept);
    } else if (row.owner === null && row.stopped === null && (row.wakeAt === null || row.wakeAt > now)) {
      makeReady(tables, row);
      repaired += 1;
    }
  }
  for (const worker of tables.workers.values()) {
    if (worker.fence === null && takeOver(tables, worker.worker, SWEEP_SLICE).done) tombstones += 1;
  }
  repaired += freeStrays(tables, now);
  for (const { name, slot } of allTasks(tables)) if (slot !== undefined) tables.openSlots.add(slotId(name, slot.key));
  if (giveSlots(tables)) repaired += 1;
  for (const [worker, markers] of tables.markers) {
    if (tables.workers.has(worker)) continue;
    for (const [n, { receipt }] of markers) if (receipt.now < now - MARKERS_OF_THE_GONE_MS) tables.set(markers, n, undefined);
    if (markers.size === 0) tables.markers.delete(worker);
  }
  const pastHistory = dropPastHistory(tables);
  return { repaired, started, unreadable: [], droppedMail, tombstones, pastHistory, more: tables.outgrown.size > 0 };
}

const startReplacements = (tables: Tables): number =>
  [...tables.inbox.keys()].filter((no) => carryOutAccepted(tables, tables.instances.get(no))).length;

/** Of the earlier generations of an instance the last rows go first, so that what is left is the beginning of a history. */
function dropPastHistory(tables: Tables): number {
  let dropped = 0;
  for (const no of tables.outgrown) {
    const chunks = tables.history.get(no) ?? [];
    const generation = tables.instances.get(no)?.generation ?? 0;
    const past = chunks.filter((chunk) => chunk.generation < generation);
    const count = Math.min(past.length, PAST_HISTORY_SLICE - dropped);
    const rest = [...past.slice(0, past.length - count), ...chunks.slice(past.length)];
    if (count > 0) tables.set(tables.history, no, rest.length === 0 ? undefined : rest);
    dropped += count;
    if (count < past.length) break;
    tables.outgrown.delete(no);
  }
  return dropped;
}

/** What belongs to a worker that has no row. */
function freeStrays(tables: Tables, now: number): number {
  const isStray = (worker: WorkerId | null): worker is WorkerId => worker !== null && !tables.workers.has(worker);
  let freed = 0;
  for (const [owner, nos] of tables.byOwner) {
    if (!isStray(owner)) continue;
    for (const no of [...nos]) {
      free(tables, no, now, true);
      freed += 1;
    }
  }
  for (const task of [...allTasks(tables)]) {
    if (!isStray(task.worker)) continue;
    tables.putTask({ ...task, worker: null, crashes: task.crashes + 1 });
    freed += 1;
  }
  return freed;
}

export function resumeForCode(tables: Tables, { keys, codeVersion }: CodeParams): number {
  const wanted = new Set(keys);
  const curable = [...tables.instances.values()].filter(
    (row) => row.stopped !== null && mayCure(row.stopped, codeVersion) && wanted.has(instanceKey(row)),
  );
  for (const row of curable) makeReady(tables, { ...row, poisonCodeVersions: triedBy(row.stopped, codeVersion) ?? row.poisonCodeVersions });
  return curable.length;
}

export function dateEnds(tables: Tables, ends: readonly EndedAt[]): void {
  for (const { no, at } of ends) {
    const row = tables.instances.get(no);
    if (row !== undefined && row.completedAt !== null) tables.putInstance({ ...row, completedAt: at });
  }
}
