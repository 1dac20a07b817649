import type { InstanceNo } from "../model/ids.ts";
import type { HistoryChunk } from "./rows.ts";

export interface HistoryRangeParams {
  readonly no: InstanceNo;
  readonly generation: number;
  /** Place of an event, from 0; negative: so many before the end. */
  readonly from: number;
  /** Rows are read that have one of so many events from there on, … */
  readonly limit: number;
  /** … and of these none behind the one that makes this full (about; one at least). */
  readonly maxBytes: number;
}

export interface HistoryRange {
  /** Events of the generation that are recorded. */
  readonly total: number;
  /** The first may begin before the range, and the last end behind it. */
  readonly chunks: readonly HistoryChunk[];
}

/** Place of the first event that is meant. */
export const firstOfRange = ({ from }: Pick<HistoryRangeParams, "from">, total: number): number =>
  from >= 0 ? from : Math.max(0, total + from);
