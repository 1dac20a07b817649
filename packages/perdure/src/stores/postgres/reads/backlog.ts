import type { NameKey } from "../../../model/function-name.ts";
import { NO_SLOT_YET } from "../../../model/slot.ts";
import type { Backlog } from "../../../store/backlog.ts";
import { backlogOf, instancesOf } from "../../../store/backlog.ts";
import type { Row, Statement } from "../connections/link.ts";
import { VERSION_KEY } from "../schema/version-keys.ts";

const READY = "i.owner IS NULL AND i.wake_at IS NOT NULL";
const VERSION = VERSION_KEY.replace("orchestration_version", "i.orchestration_version");
const PLACE = `i.name_key, ${VERSION}, i.crashes`;

/**
 * From one key to the next by the indexes that claims use, and of each so many as are to be counted. What workers run is no more than they may have at once. Each
 * part is ordered as its index, so that the server has no cheaper plan than a range of that.
 */
export const backlogStatement = (schema: string, cap: number): Statement => ({
  name: "backlog",
  text: `WITH RECURSIVE t AS MATERIALIZED (SELECT ${schema}.now_ms() AS now),
    ready AS (
      (SELECT i.name_key, ${VERSION} AS version, i.crashes FROM ${schema}.instances i WHERE ${READY} ORDER BY ${PLACE} LIMIT 1)
      UNION ALL
      SELECT n.* FROM ready r CROSS JOIN LATERAL (SELECT i.name_key, ${VERSION} AS version, i.crashes FROM ${schema}.instances i
        WHERE ${READY} AND (${PLACE}) > (r.name_key, r.version, r.crashes) ORDER BY ${PLACE} LIMIT 1) n),
    ${nextKeys("free", schema, "crashes < 2")},
    ${nextKeys("suspect", schema, "crashes > 1")}
    SELECT t.now, 'instances' AS part, r.name_key, (SELECT i.name FROM ${schema}.instances i WHERE ${READY} AND i.name_key = r.name_key
        ORDER BY ${PLACE} LIMIT 1) AS name, d.n, d.oldest, 0 AS for_slot, 0 AS running
      FROM t CROSS JOIN ready r CROSS JOIN LATERAL (SELECT count(*)::int AS n, min(c.wake_at) AS oldest FROM (
        SELECT i.wake_at FROM ${schema}.instances i WHERE ${READY} AND i.name_key = r.name_key AND ${VERSION} = r.version AND i.crashes = r.crashes
          AND i.wake_at <= t.now ORDER BY i.wake_at LIMIT $1 + 1) c) d
    UNION ALL ${freeTasks("free", schema, "crashes < 2")}
    UNION ALL ${freeTasks("suspect", schema, "crashes > 1")}
    UNION ALL SELECT t.now, 'tasks', g.name_key, g.name, 0, NULL, 0, g.n FROM t CROSS JOIN (
      SELECT k.name_key, min(k.name) AS name, count(*)::int AS n FROM ${schema}.tasks k WHERE k.worker IS NOT NULL GROUP BY k.name_key) g
    UNION ALL SELECT t.now, 'now', NULL, NULL, 0, NULL, 0, 0 FROM t`,
  values: [cap],
});

const nextKeys = (name: string, schema: string, test: string): string => `${name} AS (
      (SELECT k.name_key FROM ${schema}.tasks k WHERE k.worker IS NULL AND k.${test} ORDER BY k.name_key LIMIT 1)
      UNION ALL
      SELECT n.name_key FROM ${name} f CROSS JOIN LATERAL (SELECT k.name_key FROM ${schema}.tasks k
        WHERE k.worker IS NULL AND k.${test} AND k.name_key > f.name_key ORDER BY k.name_key LIMIT 1) n)`;

const freeTasks = (name: string, schema: string, test: string): string => {
  const under = `FROM ${schema}.tasks k WHERE k.worker IS NULL AND k.${test} AND k.name_key = f.name_key`;
  return `SELECT t.now, 'tasks', f.name_key, (SELECT k.name ${under} ORDER BY k.not_before LIMIT 1), d.n, d.oldest, s.n, 0
      FROM t CROSS JOIN ${name} f
      CROSS JOIN LATERAL (SELECT count(*)::int AS n, min(c.not_before) AS oldest FROM (
        SELECT k.not_before ${under} AND k.not_before <= t.now ORDER BY k.not_before LIMIT $1 + 1) c) d
      CROSS JOIN LATERAL (SELECT count(*)::int AS n FROM (SELECT k.not_before ${under} AND k.not_before = ${NO_SLOT_YET} LIMIT $1 + 1) c) s`;
};

export function backlogFrom(rows: readonly Row[], cap: number): Backlog {
  const of = (part: string) =>
    rows
      .filter((row) => row.part === part)
      .map((row) => ({
        key: row.name_key as NameKey,
        name: String(row.name),
        waiting: Number(row.n),
        oldest: row.oldest === null ? null : Number(row.oldest),
        forSlot: Number(row.for_slot),
        running: Number(row.running),
      }));
  return { now: Number(rows[0]?.now), instances: instancesOf(of("instances"), cap), tasks: backlogOf(of("tasks"), cap) };
}
