import type { HistoryRange, HistoryRangeParams } from "../../../store/history-range.ts";
import type { Row, Statement } from "../connections/link.ts";
import { historyChunk } from "../rows-of.ts";

/** Two steps down the index, and a range of it. Rows behind the end do not leave the server, and the lengths of large texts stand beside them. */
export const historyRangeStatement = (schema: string, { no, generation, from, limit, maxBytes }: HistoryRangeParams): Statement => ({
  name: "history-range",
  text: `SELECT e.total, h.* FROM (SELECT c.total, CASE WHEN $3::bigint < 0 THEN greatest(0, c.total + $3) ELSE $3 END AS place FROM (
      SELECT first_seq + count AS total FROM ${schema}.history WHERE no = $1 AND generation = $2 ORDER BY first_seq DESC LIMIT 1) c) e
    LEFT JOIN LATERAL (SELECT g.*, sum(coalesce(octet_length(g.events), 0) + coalesce(octet_length(g.events_z), 0))
        OVER (ORDER BY g.first_seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM (
        SELECT r.generation, r.first_seq, r.count, r.events, r.events_z FROM ${schema}.history r
          WHERE r.no = $1 AND r.generation = $2 AND r.first_seq < e.place + $4::bigint AND r.first_seq >= (
            SELECT max(f.first_seq) FROM ${schema}.history f WHERE f.no = $1 AND f.generation = $2 AND f.first_seq <= e.place)) g) h
      ON e.place < e.total AND coalesce(h.before, 0) < $5::bigint ORDER BY h.first_seq`,
  values: [no, generation, from, limit, maxBytes],
});

export const historyRangeOf = (rows: readonly Row[]): HistoryRange => ({
  total: Number(rows[0]?.total ?? 0),
  chunks: rows.filter((row) => row.first_seq !== null).map(historyChunk),
});
