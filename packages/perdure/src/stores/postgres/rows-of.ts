import type { NameKey } from "../../model/function-name.ts";
import type { InstanceId, InstanceNo } from "../../model/ids.ts";
import type { Look, SlotHolders } from "../../store/contract.ts";
import type { EndRow } from "../../store/ends.ts";
import type { HistoryChunk, InboxRow, InstanceRow, TaskRow, WorkerRow } from "../../store/rows.ts";
import type { SweepReceipt } from "../../store/sweep.ts";
import type { Waiting } from "../../store/wake.ts";
import { instanceColumns as columnsWith, orSay, toHistoryChunk, toInboxRow, toInstanceRow, toTaskRow, toWorkerRow } from "../sql-rows.ts";
import type { Row } from "./connections/link.ts";
import { text, textOrNull } from "./wire/text-column.ts";

export const instanceColumns = (schema: string, columns = "i.*"): string => columnsWith(`${schema}.history`, columns);

/** What a row is made of, but for its input, output and custom status. */
export const INSTANCE_WITHOUT_PAYLOADS = [
  ...[
    "no",
    "instance_id",
    "name",
    "execution_id",
    "start_id",
    "generation",
    "version",
    "owner",
    "wake_at",
    "next_wake",
    "crashes",
    "stopped",
    "poison_code_versions",
    "status",
  ],
  ...["orchestration_version", "tags", "parent", "start_at", "created_at", "updated_at", "completed_at"],
]
  .map((column) => `i.${column}`)
  .join(", ");

export const INSTANCE_WITHOUT_INPUT = `${INSTANCE_WITHOUT_PAYLOADS}, i.custom_status, i.custom_status_z, i.output, i.output_z`;

export const instanceRow = (row: Row): InstanceRow =>
  toInstanceRow(row, {
    customStatus: () => textOrNull(row.custom_status, row.custom_status_z),
    input: () => textOrNull(row.input, row.input_z),
    output: () => textOrNull(row.output, row.output_z),
  });

export const historyChunk = (row: Row): HistoryChunk =>
  toHistoryChunk(
    row,
    orSay(() => text(row.events, row.events_z)),
  );

export const inboxRow = (row: Row): InboxRow =>
  toInboxRow(
    row,
    orSay(() => text(row.body, row.body_z)),
  );

export const taskRow = (row: Row): TaskRow =>
  toTaskRow(row, {
    body: () => text(row.body, row.body_z),
    progress: () => textOrNull(row.progress, row.progress_z),
  });

export const endRow = (row: Row): EndRow => ({
  instanceId: row.instance_id as InstanceId,
  no: row.no as InstanceNo,
  completedAt: row.completed_at as number,
});

export const workerRow = (row: Row): WorkerRow => toWorkerRow(row, false);

/** The times are the same in each row; one without mail is there for them. */
export function lookOf(rows: readonly Row[]): Omit<Look, "now"> {
  const wakes = rows[0] ?? {};
  return {
    mail: rows.filter((row) => row.no !== null).map(inboxRow),
    instanceAt: wakes.o_instance_at as number | null,
    suspectAt: wakes.o_suspect_at as number | null,
    taskAt: wakes.o_task_at as number | null,
  };
}

/** Of each name its versions, as two columns. */
export function waitingOf(row: Row): Waiting {
  const versions = new Map<NameKey, (string | null)[]>();
  const found = row.o_versions as readonly string[];
  for (const [index, name] of (row.o_names as readonly NameKey[]).entries()) {
    const version = found[index] ?? "";
    versions.set(name, [...(versions.get(name) ?? []), version === "" ? null : version]);
  }
  return { instances: row.o_instances as readonly NameKey[], tasks: row.o_tasks as readonly NameKey[], versions };
}

export const slotHolders = ([row]: readonly Row[]): SlotHolders => ({
  count: Number(row?.count ?? 0),
  holders: (row?.holders ?? []) as readonly InstanceId[],
});

export const sweepReceipt = (row: Row, { started, unreadable }: Pick<SweepReceipt, "started" | "unreadable">): SweepReceipt => ({
  started,
  unreadable,
  repaired: row.o_repaired as number,
  droppedMail: row.o_dropped as number,
  tombstones: row.o_tombstones as number,
  pastHistory: row.o_past as number,
  more: row.o_more === true,
});
