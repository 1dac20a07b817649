import type { WorkerId } from "../../model/ids.ts";
import { ENTITY_MARK } from "../../model/ids.ts";
import type { InstancePage, InstanceQuery, StoreDump } from "../../store/contract.ts";
import { parsePageToken } from "../../store/page-token.ts";
import { cutPage } from "../page-cut.ts";
import type { Columns } from "../sql-rows.ts";
import type { Connection } from "./connection.ts";
import { lastTime } from "./last-time.ts";
import { isProvenDead } from "./process-identity.ts";
import type { Reader } from "./reader.ts";
import { historyChunk, inboxRow, selectInstances, taskRow, workerRow } from "./rows-of.ts";

/** Up to this many ids with the wanted prefix are read by id and sorted; beyond it the pages go along the creation time. */
const FEW = 2_000;

/** One page in order of (createdAt, no). Both ends of the creation range belong to it. */
export function queryPage(reader: Reader, query: InstanceQuery): InstancePage {
  const tests: string[] = [];
  const values: (string | number)[] = [];
  const test = (sql: string, ...given: readonly (string | number | null)[]) => {
    const present = given.filter((value) => value !== null);
    if (present.length < given.length) return;
    tests.push(sql);
    values.push(...present);
  };
  const { createdFrom, createdTo, statuses, idPrefix, stopped, limit } = query;
  test("created_at >= ?", createdFrom);
  test("created_at <= ?", createdTo);
  if (statuses.length > 0) test("status IN (SELECT value FROM json_each(?))", JSON.stringify(statuses));
  const position = query.continuation === null ? null : parsePageToken(query.continuation);
  if (position !== null) test("(created_at, no) > (?, ?)", position.createdAt, position.no);
  if (stopped !== null) tests.push(`stopped IS ${stopped ? "NOT NULL" : "NULL"}`);
  if (query.showEntities === false) tests.push(`substr(instance_id, 1, 1) <> '${ENTITY_MARK}'`);
  let source = stopped === true && hasFewStopped(reader) ? "instances i INDEXED BY instances_stopped" : "instances i";
  if (idPrefix !== null && idPrefix !== "") {
    source = hasFew(reader, idPrefix) ? "instances i INDEXED BY sqlite_autoindex_instances_1" : "instances i INDEXED BY instances_created";
    test("instance_id >= ?", idPrefix);
    test("substr(instance_id, 1, ?) = ?", [...idPrefix].length, idPrefix);
    const end = prefixEnd(idPrefix);
    if (end !== null) test("instance_id < ?", end);
  }
  const where = tests.length === 0 ? "" : `WHERE ${tests.join(" AND ")}`;
  // One row after the other, so that none is read behind the end of the page.
  return reader.snapshot(() => {
    const found = reader.each(selectInstances(source, `${where} ORDER BY created_at, no LIMIT ?`), ...values, limit + 1);
    return cutPage(found, (row) => reader.instanceOf(row, query.showInput === false ? "withoutInput" : "all"), query);
  });
}

/** As a rule next to none: to look for them along the creation time would read every instance. */
const hasFewStopped = (reader: Reader): boolean =>
  reader.rows(`SELECT 1 FROM instances INDEXED BY instances_stopped WHERE stopped IS NOT NULL LIMIT ${FEW + 1}`).length <= FEW;

function hasFew(reader: Reader, prefix: string): boolean {
  const end = prefixEnd(prefix);
  const range = end === null ? "instance_id >= ?" : "instance_id >= ? AND instance_id < ?";
  const found = reader.rows(`SELECT 1 FROM instances WHERE ${range} LIMIT ${FEW + 1}`, ...(end === null ? [prefix] : [prefix, end]));
  return found.length <= FEW;
}

/** The first text, in order of code points as SQLite compares UTF-8, that is behind all texts with this prefix; null when there is none. */
function prefixEnd(prefix: string): string | null {
  const points = [...prefix].map((char) => char.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return null;
}

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
    tasks: reader.rows("SELECT * FROM tasks ORDER BY no, generation, event_id").map(taskRow),
    workers: readWorkers(reader),
  }));
}

const inboxNo = (row: Columns) => row.no as StoreDump["history"][number]["no"];
