import type { HistoryRange, HistoryRangeParams } from "../../store/history-range.ts";
import { firstOfRange } from "../../store/history-range.ts";
import type { HistoryChunk } from "../../store/rows.ts";
import { untilFull } from "../history-range.ts";
import type { Reader } from "./reader.ts";
import { historyChunk } from "./rows-of.ts";

const OF = "FROM history WHERE no = ?1 AND generation = ?2";
const LAST = `SELECT first_seq + count AS total ${OF} ORDER BY first_seq DESC LIMIT 1`;
const FIRST = `SELECT first_seq ${OF} AND first_seq <= ?3 ORDER BY first_seq DESC LIMIT 1`;
const ROWS = `SELECT generation, first_seq, count, events ${OF} AND first_seq >= ?3 AND first_seq < ?4 ORDER BY first_seq`;

/** Two steps down the index, and a range of it. Rows behind the end are not unpacked. */
export function readHistoryRange(reader: Reader, params: HistoryRangeParams): HistoryRange {
  const { no, generation, limit, maxBytes } = params;
  return reader.snapshot(() => {
    const total = Number(reader.rows(LAST, no, generation)[0]?.total ?? 0);
    const from = firstOfRange(params, total);
    if (from >= total || limit === 0) return { total, chunks: [] };
    const first = Number(reader.rows(FIRST, no, generation, from)[0]?.first_seq ?? 0);
    return { total, chunks: untilFull(chunks(reader, no, generation, first, from + limit), maxBytes) };
  });
}

function* chunks(reader: Reader, ...place: readonly number[]): Iterable<HistoryChunk> {
  for (const row of reader.each(ROWS, ...place)) yield historyChunk(row);
}
