import type { NameKey } from "../../model/function-name.ts";
import type { InstanceId, InstanceNo, WorkerId } from "../../model/ids.ts";
import { NO_SLOT_YET } from "../../model/slot.ts";
import { TERMINAL_STATUSES } from "../../model/status.ts";
import type { Look, LookParams, SlotHolders, Store } from "../../store/contract.ts";
import type { EndedSince, EndRow, EndsPlace, EndsQuestion } from "../../store/ends.ts";
import { endsAnswer, questionOf } from "../../store/ends.ts";
import { MOST_ENDED } from "../../store/limits.ts";
import type { Payloads } from "../../store/queries.ts";
import type { HistoryChunk, InboxRow, InstanceRow, LoadedInstance, TaskRow } from "../../store/rows.ts";
import type { Waiting } from "../../store/wake.ts";
import type { Columns } from "../sql-rows.ts";
import type { Connection } from "./connection.ts";
import { lastTime } from "./last-time.ts";
import { unpackOrSay } from "./payload-column.ts";
import { INPUT_ASIDE, inboxRow, instanceRow, selectInstances, taskRow } from "./rows-of.ts";
import type { VersionKey } from "./version-keys.ts";
import { VERSION_KEY, versionKeys, WAITING, waitingVersions } from "./version-keys.ts";

/**
 * One instance at a time, in the order of the index: for all instances of a read at once SQLite sorted the rows with their events, and looked for the
 * generation with each of them (24 µs an instance of seven rows, 12 this way; November 2026).
 */
const HISTORY = "SELECT first_seq, count, events FROM history WHERE no = ? AND generation = ? ORDER BY first_seq";
const INSTANCE_BY_ID = selectInstances("instances i", "WHERE instance_id = ?");
/** One range of the index for each status, merged. */
const ENDED = `${TERMINAL_STATUSES.map((status) => `SELECT instance_id, no, completed_at FROM instances WHERE status = '${status}' AND completed_at >= ?1 AND (completed_at, no) > (?2, ?3)`).join(" UNION ALL ")}
  ORDER BY completed_at, no LIMIT ${MOST_ENDED + 1}`;
const INBOX = "SELECT no, seq, generation, kind, body, worker FROM inbox";
const NO_MAIL: ReadonlyMap<unknown, readonly InboxRow[]> = new Map();
export const UNREAD = "SELECT no, seq, NULL AS generation, 'event' AS kind, body, NULL AS worker FROM unread";
const AMONG = "IN (SELECT value FROM json_each(?))";

const READY = `${WAITING} AND ${VERSION_KEY} = ?2`;
const INSTANCE_AT = `SELECT min(wake_at) ${READY} AND suspicion = 0`;
/** From one suspicion that is there to the next, one step down the index for each: behind one condition all suspects would be looked at. */
const SUSPECT_AT = `WITH RECURSIVE present (suspicion) AS (
    SELECT min(suspicion) ${READY} AND suspicion > 0
    UNION ALL SELECT (SELECT min(suspicion) ${READY} AND suspicion > p.suspicion) FROM present p WHERE p.suspicion IS NOT NULL)
  SELECT min((SELECT min(wake_at) ${READY} AND suspicion = p.suspicion)) FROM present p`;
const TASK_AT = "SELECT min(not_before) FROM tasks WHERE worker IS NULL AND name_key = ?";

const HOLDERS = "FROM tasks WHERE slot = ? AND not_before < ?";

const NEXT_NAME = "SELECT min(name_key) FROM instances WHERE owner IS NULL AND wake_at IS NOT NULL AND name_key > ?";
const NEXT_TASK = "SELECT min(name_key) FROM tasks WHERE worker IS NULL AND name_key > ?";

type HistoryColumns = readonly [firstSeq: number, count: number, events: string | Uint8Array];

/** Reads on the calling thread, beside the writer: in WAL mode neither waits for the other. */
export class Reader {
  readonly #connection: Connection;
  /** A read that is several statements sees one state of the file, unless a transaction is open around it. */
  readonly #ownSnapshots: boolean;

  constructor(connection: Connection, ownSnapshots: boolean) {
    this.#connection = connection;
    this.#ownSnapshots = ownSnapshots;
  }

  snapshot<Result>(read: () => Result): Result {
    if (!this.#ownSnapshots) return read();
    this.#connection.sql("BEGIN").run();
    try {
      return read();
    } finally {
      this.#connection.sql("COMMIT").run();
    }
  }

  load(nos: readonly InstanceNo[]): readonly LoadedInstance[] {
    if (nos.length === 0) return [];
    return this.snapshot(() => {
      const list = JSON.stringify(nos);
      const rows = new Map(
        this.rows(selectInstances("instances i", `WHERE no ${AMONG}`), list).map((row) => [row.no, this.#instance(row)]),
      );
      const inboxes = grouped(this.rows(`${INBOX} WHERE no ${AMONG} ORDER BY seq`, list), inboxRow);
      const unread = this.#unread([...rows.values()]);
      const tasks = grouped(this.rows(`SELECT * FROM tasks WHERE no ${AMONG}`, list), taskRow);
      return nos.flatMap((no) => {
        const row = rows.get(no);
        if (row === undefined) return [];
        const open = (tasks.get(no) ?? []).filter((task) => task.generation === row.generation);
        return [
          { row, history: this.history(no, row.generation), inbox: [...(unread.get(no) ?? []), ...(inboxes.get(no) ?? [])], tasks: open },
        ];
      });
    });
  }

  #unread(among: readonly InstanceRow[]): ReadonlyMap<unknown, readonly InboxRow[]> {
    const failed = among.filter(({ status }) => status === "Failed").map(({ no }) => no);
    return failed.length === 0 ? NO_MAIL : grouped(this.rows(`${UNREAD} WHERE no ${AMONG} ORDER BY seq`, JSON.stringify(failed)), inboxRow);
  }

  history(no: number, generation: number): readonly HistoryChunk[] {
    const rows = this.#connection.arrays(HISTORY).all(no, generation) as unknown as readonly HistoryColumns[];
    return rows.map(([firstSeq, count, events]) => ({ generation, firstSeq, count, events: unpackOrSay(events) }));
  }

  historyOf(id: InstanceId): readonly HistoryChunk[] {
    return this.snapshot(() => {
      const row = this.#connection.sql("SELECT no, generation FROM instances WHERE instance_id = ?").get(id);
      return row === undefined ? [] : this.history(Number(row.no), Number(row.generation));
    });
  }

  instancesOf(ids: readonly InstanceId[], payloads: Payloads = "all"): readonly InstanceRow[] {
    return this.snapshot(() =>
      ids.flatMap((id) => {
        const row = this.#connection.sql(INSTANCE_BY_ID).get(id);
        return row === undefined ? [] : [this.instanceOf(row, payloads)];
      }),
    );
  }

  /** The time in the file is that of the last commit in this snapshot: whatever ends later has that time or a later one. */
  ended(since: EndsPlace | null): EndedSince {
    return this.snapshot(() =>
      endsAnswer(since, since === null ? [] : this.#ends(questionOf(since)), { from: lastTime(this.#connection) }),
    );
  }

  #ends({ from, after }: EndsQuestion): readonly EndRow[] {
    const start = after?.completedAt ?? from;
    return this.rows(ENDED, start, start, after?.no ?? 0).map((row) => ({
      instanceId: row.instance_id as InstanceId,
      no: row.no as InstanceNo,
      completedAt: row.completed_at as number,
    }));
  }

  tasks(keys: readonly { readonly no: InstanceNo; readonly generation: number; readonly eventId: number }[]): readonly TaskRow[] {
    return this.snapshot(() =>
      keys.flatMap(({ no, generation, eventId }) =>
        this.rows("SELECT * FROM tasks WHERE no = ? AND generation = ? AND event_id = ?", no, generation, eventId).map(taskRow),
      ),
    );
  }

  slotHolders({ slotId, atMost }: Parameters<Store["readSlotHolders"]>[0]): SlotHolders {
    return this.snapshot(() => ({
      count: this.#connection.number(`SELECT count(*) ${HOLDERS}`, slotId, NO_SLOT_YET),
      holders: this.rows(
        `SELECT instance_id ${HOLDERS} ORDER BY not_before, created_at, no, generation, event_id LIMIT ?`,
        slotId,
        NO_SLOT_YET,
        atMost,
      ).map((row) => row.instance_id as InstanceId),
    }));
  }

  owned(worker: WorkerId): readonly { readonly no: InstanceNo; readonly version: number }[] {
    const rows = this.rows("SELECT no, version FROM instances WHERE owner = ? ORDER BY no", worker);
    return rows.map(({ no, version }) => ({ no: no as InstanceNo, version: version as number }));
  }

  /**
   * Mail, and the earliest moments at which something is to be claimed. The inbox is small, since mail is there to be consumed: one pass over it costs less than
   * a look at each owned instance.
   */
  look({ worker, keys, versions, without = [] }: LookParams): Omit<Look, "now"> {
    const mail = `${INBOX} WHERE EXISTS (SELECT 1 FROM instances i WHERE i.no = inbox.no AND i.owner = ?) AND NOT no ${AMONG} ORDER BY no, seq`;
    return this.snapshot(() => {
      const instances = versionKeys(this.#connection, keys.instances, versions);
      return {
        mail: this.rows(mail, worker, JSON.stringify(without)).map(inboxRow),
        instanceAt: this.#earliest(instances, ({ key, version }) => this.#connection.value(INSTANCE_AT, key, version)),
        suspectAt: this.#earliest(instances, ({ key, version }) => this.#connection.value(SUSPECT_AT, key, version)),
        taskAt: this.#earliest(keys.tasks, (key) => this.#connection.value(TASK_AT, key)),
      };
    });
  }

  /** From one key to the next by the index: what is due under each is not counted. */
  waiting(now: number): Waiting {
    return this.snapshot(() => {
      const versions = new Map(this.#keys(NEXT_NAME).map((key) => [key, waitingVersions(this.#connection, key)]));
      const isDue = (key: NameKey, version: string) => [INSTANCE_AT, SUSPECT_AT].some((sql) => this.#isDue(now, sql, key, version));
      return {
        instances: [...versions].filter(([key, all]) => all.some((version) => isDue(key, version))).map(([key]) => key),
        tasks: this.#keys(NEXT_TASK).filter((key) => this.#isDue(now, TASK_AT, key)),
        versions: new Map([...versions].map(([key, all]) => [key, all.map((version) => (version === "" ? null : version))])),
      };
    });
  }

  #isDue(now: number, earliest: string, ...key: readonly string[]): boolean {
    const at = this.#connection.value(earliest, ...key);
    return typeof at === "number" && at <= now;
  }

  #keys(nextKey: string): readonly NameKey[] {
    const keys: NameKey[] = [];
    let next = this.#connection.value(nextKey, "");
    while (typeof next === "string") {
      keys.push(next as NameKey);
      next = this.#connection.value(nextKey, next);
    }
    return keys;
  }

  rows(sql: string, ...params: readonly (string | number | null)[]): readonly Columns[] {
    return this.#connection.sql(sql).all(...params);
  }

  each(sql: string, ...params: readonly (string | number | null)[]): Iterable<Columns> {
    return this.#connection.sql(sql).iterate(...params);
  }

  instances(sql: string, ...params: readonly (string | number | null)[]): readonly InstanceRow[] {
    return this.rows(sql, ...params).map((row) => this.#instance(row));
  }

  #earliest<Key extends NameKey | VersionKey>(keys: readonly Key[], of: (key: Key) => unknown): number | null {
    let earliest: number | null = null;
    for (const key of keys) {
      const at = of(key);
      if (typeof at === "number" && (earliest === null || at < earliest)) earliest = at;
    }
    return earliest;
  }

  /** Payloads that are stored beside the row are read only if they are asked for. */
  instanceOf(row: Columns, payloads: Payloads): InstanceRow {
    if (payloads === "all") return this.#instance(row);
    if (payloads === "none") return this.#instance({ ...row, input: null, output: null, custom_status: null, side: 0 });
    return this.#instance({ ...row, input: null, side: Number(row.side) & ~INPUT_ASIDE });
  }

  #instance(row: Columns): InstanceRow {
    return instanceRow(row, (no, slot) => this.#connection.value("SELECT body FROM payloads WHERE no = ? AND slot = ?", no, slot));
  }
}

function grouped<Row>(rows: readonly Columns[], of: (row: Columns) => Row): ReadonlyMap<unknown, readonly Row[]> {
  const groups = new Map<unknown, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.no);
    if (group === undefined) groups.set(row.no, [of(row)]);
    else group.push(of(row));
  }
  return groups;
}
