import { isReply } from "../../model/message.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { entityNeededAt, isEntityRow } from "./entity-work.ts";
import { mailMessage } from "./mail-message.ts";
import type { OpenWork } from "./open-work.ts";
import type { DumpView } from "./view.ts";

/** When a worker must look at the instance, mail aside: minus infinity for at once, plus infinity when only a message can move it. */
export function neededAt(view: DumpView, row: InstanceRow, work: OpenWork): number {
  if (isEntityRow(row)) return entityNeededAt(row, view.current(row));
  if (!work.isFreshlyEdited && hasLocalActivity(view, row, work)) return Number.NEGATIVE_INFINITY;
  let earliest = Number.POSITIVE_INFINITY;
  for (const fireAt of work.timers.values()) earliest = Math.min(earliest, fireAt);
  if (work.suspended) return earliest;
  if (!work.started) return row.generation === 0 && row.startAt !== null ? Math.min(row.startAt, earliest) : Number.NEGATIVE_INFINITY;
  return work.undelivered ? Number.NEGATIVE_INFINITY : earliest;
}

/** An open activity without a task row and without a result on its way: only the owner's memory runs it. */
function hasLocalActivity(view: DumpView, row: InstanceRow, work: OpenWork): boolean {
  if (work.activities.size === 0) return false;
  const elsewhere = new Set<number>();
  for (const task of view.tasks.get(row.no) ?? []) if (task.generation === row.generation) elsewhere.add(task.eventId);
  for (const mail of view.inbox.get(row.no) ?? []) {
    const message = mailMessage(mail);
    if (message !== null && isReply(message) && message.generation === row.generation) elsewhere.add(message.taskId);
  }
  for (const id of work.activities) if (!elsewhere.has(id)) return true;
  return false;
}
