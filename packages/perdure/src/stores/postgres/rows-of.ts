import type { HistoryChunk, InboxRow, InstanceRow, TaskRow, WorkerRow } from "../../store/rows.ts";
import { instanceColumns as columnsWith, toHistoryChunk, toInboxRow, toInstanceRow, toTaskRow, toWorkerRow } from "../sql-rows.ts";
import type { Row } from "./connections/link.ts";
import { text, textOrNull } from "./wire/text-column.ts";

export const instanceColumns = (schema: string): string => columnsWith(`${schema}.history`);

export const instanceRow = (row: Row): InstanceRow =>
  toInstanceRow(row, {
    customStatus: textOrNull(row.custom_status, row.custom_status_z),
    input: textOrNull(row.input, row.input_z),
    output: textOrNull(row.output, row.output_z),
  });

export const historyChunk = (row: Row): HistoryChunk => toHistoryChunk(row, text(row.events, row.events_z));

export const inboxRow = (row: Row): InboxRow => toInboxRow(row, text(row.body, row.body_z));

export const taskRow = (row: Row): TaskRow =>
  toTaskRow(row, {
    alone: row.alone === true,
    body: text(row.body, row.body_z),
    progress: textOrNull(row.progress, row.progress_z),
  });

export const workerRow = (row: Row): WorkerRow =>
  toWorkerRow(row, {
    orchestrators: row.orchestrators as readonly string[],
    activities: row.activities as readonly string[],
    provenDead: false,
  });
