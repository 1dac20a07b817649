import type { Connection } from "./connection.ts";

/** Store time must not fall over a restart or from one process to the next: the latest that any process has written down. */
export function lastTime(connection: Connection): number {
  return connection.number(`SELECT max(t) FROM (
    SELECT value AS t FROM counters WHERE name = 'store_time'
    UNION ALL SELECT max(created_at) FROM instances
    UNION ALL SELECT max(seen_at) FROM workers
    UNION ALL SELECT (SELECT at FROM batches b WHERE b.worker = w.worker ORDER BY n DESC LIMIT 1) FROM workers w)`);
}
