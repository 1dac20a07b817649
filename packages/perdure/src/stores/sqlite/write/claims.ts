import type { InstanceNo } from "../../../model/ids.ts";
import { eventId, instanceNo } from "../../../model/ids.ts";
import type { ClaimRequest, ClaimTasksRequest, CommitReceipt } from "../../../store/commit.ts";
import { limitOf, roomOf, suspicionOf } from "../../../store/wake.ts";
import type { VersionKey } from "../version-keys.ts";
import { VERSION_KEY, versionKeys, WAITING } from "../version-keys.ts";
import type { Tx } from "./tx.ts";

interface Ready {
  readonly no: InstanceNo;
  readonly version: number;
  readonly wake_at: number;
}

/**
 * One range of the ready index per name and version, merged here: with IN (…) SQLite sorts everything that is due, and of 100,000 due rows each
 * claim would sort 100,000.
 */
const READY = `SELECT no, version, wake_at ${WAITING} AND ${VERSION_KEY} = ?2 AND suspicion = ?3 AND wake_at <= ?4 ORDER BY wake_at LIMIT ?5`;

/** Suspicions are few (an instance is stopped after a handful): one step down the index for each. */
const NEXT_SUSPICION = `SELECT min(suspicion) ${WAITING} AND ${VERSION_KEY} = ?2 AND suspicion > ?3`;

const CLAIM = "UPDATE instances SET owner = ?, wake_at = NULL, next_wake = 0, version = version + 1 WHERE no = ?";

export function claimInstances(tx: Tx, worker: number, request: ClaimRequest): Pick<CommitReceipt, "claimed" | "claimedSuspect"> {
  const keys = versionKeys(tx.connection, request.keys, request.versions);
  const suspects = leastSuspicious(tx, keys, request);
  const ready = [...suspects, ...dueRows(tx, keys, 0, request.limit - suspects.length)];
  const claimed = ready.map(({ no, version }) => {
    tx.connection.sql(CLAIM).run(worker, no);
    return { no, version: version + 1 };
  });
  return { claimed, claimedSuspect: suspects.length > 0 };
}

function dueRows(tx: Tx, keys: readonly VersionKey[], suspicion: number, limit: number): readonly Ready[] {
  const ready = tx.connection.sql(READY);
  const due = keys.flatMap(({ key, version }) => ready.all(key, version, suspicion, tx.now, limit) as unknown as readonly Ready[]);
  return due.sort((a, b) => a.wake_at - b.wake_at || a.no - b.no).slice(0, limit);
}

function leastSuspicious(tx: Tx, keys: readonly VersionKey[], { suspects, limit }: ClaimRequest): readonly Ready[] {
  if (suspects.length === 0 || limit === 0) return [];
  for (let suspicion = nextSuspicion(tx, keys, 0); suspicion !== null; suspicion = nextSuspicion(tx, keys, suspicion)) {
    const due = dueRows(tx, keys, suspicion, Math.min(roomOf(suspects, suspicion), limit));
    if (due.length > 0) return due;
  }
  return [];
}

function nextSuspicion(tx: Tx, keys: readonly VersionKey[], after: number): number | null {
  const found = keys
    .map(({ key, version }) => tx.connection.value(NEXT_SUSPICION, key, version, after))
    .filter((value) => typeof value === "number");
  return found.length === 0 ? null : Math.min(...found);
}

interface FreeTask {
  readonly key: string;
  readonly no: number;
  readonly generation: number;
  readonly event_id: number;
  readonly not_before: number;
}

const FREE = `SELECT name_key AS key, no, generation, event_id, not_before FROM tasks
  WHERE worker IS NULL AND name_key = ? AND not_before <= ? AND crashes < 2 ORDER BY not_before LIMIT ?`;

const CLAIM_TASK = "UPDATE tasks SET worker = ?, attempts = attempts + 1 WHERE no = ? AND generation = ? AND event_id = ?";

/** Suspects are few, or claimed by the dozen: they are counted here, not by an index of their own. */
const SUSPICIOUS = `SELECT name_key AS key, no, generation, event_id, not_before, crashes FROM tasks
  WHERE worker IS NULL AND name_key = ? AND not_before <= ? AND crashes > 1`;

/** The attempt is on record before it starts. */
export function claimTasks(tx: Tx, worker: number, request: ClaimTasksRequest): CommitReceipt["claimedTasks"] {
  const { keys } = request;
  const free = withinLimits([...suspectTasks(tx, keys, request.suspects), ...soonest(tx, keys, request)], request);
  return free.map(({ no, generation, event_id }) => {
    tx.connection.sql(CLAIM_TASK).run(worker, no, generation, event_id);
    return { no: instanceNo(no), generation, eventId: eventId(event_id) };
  });
}

function suspectTasks(tx: Tx, keys: readonly string[], rooms: readonly number[]): readonly FreeTask[] {
  if (!rooms.some((room) => room > 0)) return [];
  type Suspect = FreeTask & { readonly crashes: number };
  const due = keys.flatMap((key) => tx.connection.sql(SUSPICIOUS).all(key, tx.now) as unknown as readonly Suspect[]);
  const mayCome = due.filter(({ crashes }) => roomOf(rooms, suspicionOf(crashes)) > 0);
  const least = mayCome.reduce((fewest, { crashes }) => Math.min(fewest, crashes), Number.POSITIVE_INFINITY);
  const chosen = mayCome.filter(({ crashes }) => crashes === least).sort(bySoonest);
  return chosen.slice(0, roomOf(rooms, suspicionOf(least)));
}

function soonest(tx: Tx, keys: readonly string[], { limit, limits }: ClaimTasksRequest): readonly FreeTask[] {
  const atMost = (key: string) => Math.min(limit, limitOf(limits, key) ?? limit);
  return keys.flatMap((key) => tx.connection.sql(FREE).all(key, tx.now, atMost(key)) as unknown as readonly FreeTask[]);
}

function withinLimits(free: readonly FreeTask[], { limit, limits }: ClaimTasksRequest): readonly FreeTask[] {
  const taken = new Map<string, number>();
  const given: FreeTask[] = [];
  for (const task of [...free].sort(bySoonest)) {
    if (given.length >= limit) break;
    const count = (taken.get(task.key) ?? 0) + 1;
    if (count > (limitOf(limits, task.key) ?? limit)) continue;
    taken.set(task.key, count);
    given.push(task);
  }
  return given;
}

const bySoonest = (a: FreeTask, b: FreeTask) => a.not_before - b.not_before || a.no - b.no || a.event_id - b.event_id;
