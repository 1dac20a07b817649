import type { WorkerId } from "../../model/ids.ts";
import type { StoreDump } from "../../store/contract.ts";
import { auditRow } from "../audit-row.ts";
import type { Columns } from "../sql-rows.ts";
import type { Connection } from "./connection.ts";
import { lastTime } from "./last-time.ts";
import { isProvenDead } from "./process-identity.ts";
import type { Reader } from "./reader.ts";
import { UNREAD } from "./reader.ts";
import { historyChunk, inboxRow, selectInstances, taskRow, workerRow } from "./rows-of.ts";

export const readWorkers = (reader: Reader): StoreDump["workers"] =>
  reader.rows("SELECT * FROM workers ORDER BY worker").map((row) => workerRow(row, row.fence !== null && provenDead(row)));

const provenDead = ({ machine, pid, pid_started: started }: Columns): boolean =>
  isProvenDead({ machine: String(machine), pid: Number(pid), started: started === null ? null : String(started) });

/**
 * `now`: store time as this thread knows it. That is a lower bound, which may lag some milliseconds behind what another process has just
 * written: store time has then reached that at least.
 */
export function dump(reader: Reader, connection: Connection, now: number): StoreDump {
  return reader.snapshot(() => ({
    now: Math.max(now, lastTime(connection)),
    instances: reader.instances(selectInstances("instances i", "ORDER BY no")),
    history: reader.rows("SELECT * FROM history ORDER BY no, rowid").map((row) => ({ ...historyChunk(row), no: inboxNo(row) })),
    inbox: reader.rows("SELECT * FROM inbox ORDER BY no, seq").map((row) => ({ ...inboxRow(row), worker: row.worker as WorkerId | null })),
    unread: reader.rows(`${UNREAD} ORDER BY no, seq`).map(inboxRow),
    tasks: reader.rows("SELECT * FROM tasks ORDER BY no, generation, event_id").map(taskRow),
    workers: readWorkers(reader),
    audit: reader.rows("SELECT * FROM audit ORDER BY seq").map(auditRow),
  }));
}

const inboxNo = (row: Columns) => row.no as StoreDump["history"][number]["no"];
