import type { HistoryChunk, InboxRow, InstanceRow, TaskRow, WorkerRow } from "../../store/rows.ts";
import type { Columns } from "../sql-rows.ts";
import { instanceColumns, toHistoryChunk, toInboxRow, toInstanceRow, toTaskRow, toWorkerRow } from "../sql-rows.ts";
import { unpack, unpackOrNull, unpackOrSay } from "./payload-column.ts";

export const INPUT_ASIDE = 1;
export const OUTPUT_ASIDE = 2;

/** `from`: the table by the name `i`. */
export const selectInstances = (from: string, rest: string): string => `SELECT ${instanceColumns("history")} FROM ${from} ${rest}`;

/** `aside` reads what is not in the row itself. */
export function instanceRow(row: Columns, aside: (no: number, slot: "input" | "output") => unknown): InstanceRow {
  const side = row.side as number;
  const no = row.no as number;
  return toInstanceRow(row, {
    customStatus: () => unpackOrNull(row.custom_status),
    input: () => unpackOrNull((side & INPUT_ASIDE) === 0 ? row.input : aside(no, "input")),
    output: () => unpackOrNull((side & OUTPUT_ASIDE) === 0 ? row.output : aside(no, "output")),
  });
}

export const historyChunk = (row: Columns): HistoryChunk => toHistoryChunk(row, unpackOrSay(row.events));

export const inboxRow = (row: Columns): InboxRow => toInboxRow(row, unpackOrSay(row.body));

export const taskRow = (row: Columns): TaskRow =>
  toTaskRow(row, { body: () => unpack(row.body), progress: () => unpackOrNull(row.progress) });

export const workerRow = (row: Columns, provenDead: boolean): WorkerRow => toWorkerRow(row, provenDead);
