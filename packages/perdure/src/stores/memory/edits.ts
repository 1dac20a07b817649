import type { InstanceNo } from "../../model/ids.ts";
import type { RunInTheWay, StartReceipt } from "../../store/contract.ts";
import type { EditedRow, Reopening, StartWithHistory } from "../../store/edits.ts";
import { outlivesEnd } from "../../store/wake.ts";
import { noteRuns } from "./audit.ts";
import { start } from "./clients.ts";
import type { Tables } from "./tables.ts";
import { giveSlots } from "./tasks.ts";

export function reopen(tables: Tables, { no, generation, version, executionId, history, note }: Reopening): "reopened" | "changed" {
  const row = tables.instances.get(no);
  if (row === undefined || row.completedAt === null || row.generation !== generation || row.version !== version) return "changed";
  const now = tables.now();
  if (note !== undefined) noteRuns(tables, [no], note);
  for (const task of tables.tasksOf(no)) tables.dropTask(task);
  giveSlots(tables);
  const mail = [...tables.unreadOf(no), ...tables.mailOf(no).filter(({ kind }) => outlivesEnd(kind, row.status))];
  tables.set(tables.unread, no, undefined);
  tables.set(tables.inbox, no, mail.length === 0 ? undefined : mail);
  write(tables, no, generation + 1, history);
  tables.outgrown.add(no);
  const live = { status: "Running", output: null, completedAt: null, stopped: null, wakeAt: now, nextWake: "now", updatedAt: now } as const;
  tables.reopenInstance({ ...row, ...live, generation: generation + 1, version: version + 1, executionId, crashes: 0 });
  return "reopened";
}

export function startWithHistory(tables: Tables, params: StartWithHistory): StartReceipt | RunInTheWay {
  const { start: spec, history, customStatus, note, ...asked } = params;
  const before = tables.find(spec.instanceId);
  const receipt = start(tables, { ...asked, start: spec, onExisting: "error" });
  const row = tables.find(spec.instanceId);
  if (receipt.outcome !== "started" || row === undefined || row.no === before?.no) return receipt;
  tables.putInstance({ ...row, status: "Running", customStatus });
  write(tables, row.no, 0, history);
  if (note !== undefined) noteRuns(tables, [row.no], note);
  return { ...receipt, status: "Running" };
}

function write(tables: Tables, no: InstanceNo, generation: number, history: readonly EditedRow[]): void {
  for (const row of history) tables.appendHistory(no, { ...row, generation });
}
