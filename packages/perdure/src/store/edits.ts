import type { HistoryEvent } from "../model/history.ts";
import type { ExecutionId, InstanceNo } from "../model/ids.ts";
import type { StartSpec } from "../model/start.ts";
import type { AuditNote } from "./audit.ts";
import type { HistoryChunk } from "./rows.ts";

/** One row of a history that is written as a whole. */
export type EditedRow = Omit<HistoryChunk, "generation">;

/** Brings an instance that has ended to life again, in its next generation, with this history. */
export interface Reopening {
  readonly no: InstanceNo;
  /** As its row was seen. */
  readonly generation: number;
  readonly version: number;
  /** Of the generation that begins. */
  readonly executionId: ExecutionId;
  /** In order, from position 0. */
  readonly history: readonly EditedRow[];
  /** Leaves a line. Absent: none. */
  readonly note?: AuditNote;
}

/** A start whose instance has a history already: it is Running from the first row on. A live one with its id is a conflict, a terminal one is replaced. */
export interface StartWithHistory {
  readonly start: StartSpec;
  /** As of a client's start. */
  readonly replaces?: ExecutionId;
  /** Leaves a line where the instance is new. Absent: none. */
  readonly note?: AuditNote;
  readonly history: readonly EditedRow[];
  /** JSON text. */
  readonly customStatus: string | null;
}

/** As long as the rows that episodes write (64 KB), unless one event is longer. */
const ROW_CHARS = 64 * 1_024;

/** A whole history as rows. */
export function rowsOfHistory(history: readonly HistoryEvent[]): readonly EditedRow[] {
  const rows: EditedRow[] = [];
  let texts: string[] = [];
  let chars = 0;
  let firstSeq = 0;
  const close = () => {
    if (texts.length > 0) rows.push({ firstSeq, count: texts.length, events: `[${texts.join(",")}]` });
    firstSeq += texts.length;
    texts = [];
    chars = 0;
  };
  for (const event of history) {
    const text = JSON.stringify(event);
    if (chars + text.length > ROW_CHARS) close();
    texts.push(text);
    chars += text.length;
  }
  close();
  return rows;
}
