import type { NameKey } from "../../model/function-name.ts";
import { NO_SLOT_YET } from "../../model/slot.ts";
import type { Backlog } from "../../store/backlog.ts";
import { backlogOf, instancesOf } from "../../store/backlog.ts";
import type { Connection } from "./connection.ts";
import type { Reader } from "./reader.ts";
import { VERSION_KEY, WAITING, waitingVersions } from "./version-keys.ts";

const NEXT_NAME =
  "SELECT name_key, name FROM instances WHERE owner IS NULL AND wake_at IS NOT NULL AND name_key > ? ORDER BY name_key LIMIT 1";
const NEXT_TASK = "SELECT name_key, name FROM tasks WHERE worker IS NULL AND name_key > ? ORDER BY name_key LIMIT 1";
const UNDER = `${WAITING} AND ${VERSION_KEY} = ?2`;
const NEXT_SUSPICION = `SELECT min(suspicion) ${UNDER} AND suspicion > ?3`;
const DUE = `SELECT count(*) AS n, min(wake_at) AS oldest FROM (SELECT wake_at ${UNDER} AND suspicion = ?3 AND wake_at <= ?4 ORDER BY wake_at LIMIT ?5)`;
const FREE = `SELECT count(*) AS n, min(not_before) AS oldest FROM (
  SELECT not_before FROM tasks WHERE worker IS NULL AND name_key = ?1 AND not_before >= ?2 AND not_before <= ?3 ORDER BY not_before LIMIT ?4)`;
/** No more than the workers may have at once. */
const RUNNING = "SELECT name_key, name, count(*) AS n FROM tasks WHERE worker IS NOT NULL GROUP BY name_key";

/** From one key to the next by the indexes that claims use, and of each so many as are to be counted. */
export function readBacklog(reader: Reader, connection: Connection, now: number, cap: number): Backlog {
  return reader.snapshot(() => ({
    now,
    instances: instancesOf(
      [...names(reader, NEXT_NAME)].flatMap((under) => dueInstances(reader, connection, under, now, cap)),
      cap,
    ),
    tasks: backlogOf(
      [
        ...[...names(reader, NEXT_TASK)].map((under) => freeTasks(reader, under, now, cap)),
        ...reader.rows(RUNNING).map((row) => ({ key: row.name_key as NameKey, name: String(row.name), running: Number(row.n) })),
      ],
      cap,
    ),
  }));
}

interface Named {
  readonly key: NameKey;
  readonly name: string;
}

function* names(reader: Reader, next: string): Iterable<Named> {
  for (let [row] = reader.rows(next, ""); row !== undefined; [row] = reader.rows(next, String(row.name_key)))
    yield { key: row.name_key as NameKey, name: String(row.name) };
}

function dueInstances(reader: Reader, connection: Connection, { key, name }: Named, now: number, cap: number) {
  return waitingVersions(connection, key).flatMap((version) => {
    const parts: (Named & { readonly waiting: number; readonly oldest: number | null })[] = [];
    for (let suspicion = connection.value(NEXT_SUSPICION, key, version, -1); typeof suspicion === "number"; ) {
      const [row] = reader.rows(DUE, key, version, suspicion, now, cap + 1);
      parts.push({ key, name, waiting: Number(row?.n ?? 0), oldest: (row?.oldest ?? null) as number | null });
      suspicion = connection.value(NEXT_SUSPICION, key, version, suspicion);
    }
    return parts;
  });
}

function freeTasks(reader: Reader, { key, name }: Named, now: number, cap: number) {
  const [due] = reader.rows(FREE, key, 0, now, cap + 1);
  const [waiting] = reader.rows(FREE, key, NO_SLOT_YET, NO_SLOT_YET, cap + 1);
  return { key, name, waiting: Number(due?.n ?? 0), oldest: (due?.oldest ?? null) as number | null, forSlot: Number(waiting?.n ?? 0) };
}
