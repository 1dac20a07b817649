import { instanceKey } from "../../model/function-kind.ts";
import type { NameKey } from "../../model/function-name.ts";
import { functionKey } from "../../model/function-name.ts";
import type { WorkerId } from "../../model/ids.ts";
import type { Versions } from "../../model/versions.ts";
import { takesVersion } from "../../model/versions.ts";
import type { ClaimRequest, ClaimTasksRequest, CommitReceipt } from "../../store/commit.ts";
import type { InstanceRow, TaskRow } from "../../store/rows.ts";
import type { Waiting } from "../../store/wake.ts";
import { roomOf, suspicionOf } from "../../store/wake.ts";
import type { Tables } from "./tables.ts";
import { allTasks } from "./tasks.ts";

/** Unowned rows that will be ready by themselves, wait under one of these keys and have a version that is taken, soonest first. */
export function wakingRows(
  tables: Tables,
  keys: readonly NameKey[],
  versions: Versions | undefined,
): readonly (InstanceRow & { readonly wakeAt: number })[] {
  if (tables.waking.size === 0) return [];
  const wanted = new Set(keys);
  const rows: (InstanceRow & { readonly wakeAt: number })[] = [];
  for (const no of tables.waking) {
    const row = tables.instances.get(no);
    if (row === undefined || row.wakeAt === null) continue;
    const key = instanceKey(row);
    if (wanted.has(key) && takesVersion(versions, key, row.orchestrationVersion)) rows.push({ ...row, wakeAt: row.wakeAt });
  }
  return rows.sort((a, b) => a.wakeAt - b.wakeAt || a.no - b.no);
}

export const isSuspect = (row: InstanceRow | TaskRow): boolean => suspicionOf(row.crashes) > 0;

export function claimInstances(tables: Tables, worker: WorkerId, request: ClaimRequest): Pick<CommitReceipt, "claimed" | "claimedSuspect"> {
  const now = tables.now();
  const due = wakingRows(tables, request.keys, request.versions).filter(({ wakeAt }) => wakeAt <= now);
  const others = due.filter((row) => !isSuspect(row));
  const taken = [...leastSuspicious(due, request.suspects), ...others].slice(0, request.limit);
  const claimed = taken.map((row) => {
    const version = row.version + 1;
    tables.putInstance({ ...row, owner: worker, wakeAt: null, nextWake: "now", version });
    return { no: row.no, version };
  });
  return { claimed, claimedSuspect: taken.some(isSuspect) };
}

/** What something due waits under (contract: `readWaiting`). */
export function waiting(tables: Tables): Waiting {
  const now = tables.now();
  const instances = new Set<NameKey>();
  const tasks = new Set<NameKey>();
  const versions = new Map<NameKey, Set<string | null>>();
  for (const no of tables.waking) {
    const row = tables.instances.get(no);
    if (row === undefined || row.wakeAt === null) continue;
    const key = instanceKey(row);
    versions.set(key, (versions.get(key) ?? new Set()).add(row.orchestrationVersion));
    if (row.wakeAt <= now) instances.add(key);
  }
  for (const task of allTasks(tables)) if (task.worker === null && task.notBefore <= now) tasks.add(functionKey(task.name));
  const sorted = [...versions].map(([key, all]) => [key, [...all].sort((a, b) => ((a ?? "") < (b ?? "") ? -1 : 1))] as const);
  return { instances: [...instances].sort(), tasks: [...tasks].sort(), versions: new Map(sorted) };
}

/** Free tasks that wait under one of these keys, soonest first. */
export function freeTasks(tables: Tables, keys: readonly NameKey[]): readonly TaskRow[] {
  if (tables.tasks.size === 0) return [];
  const unclaimed: TaskRow[] = [];
  for (const task of allTasks(tables)) if (task.worker === null) unclaimed.push(task);
  if (unclaimed.length === 0) return [];
  const wanted = new Set(keys);
  const free = unclaimed.filter((task) => wanted.has(functionKey(task.name)));
  return free.sort((a, b) => a.notBefore - b.notBefore || a.no - b.no || a.eventId - b.eventId);
}

export function claimTasks(tables: Tables, worker: WorkerId, request: ClaimTasksRequest): CommitReceipt["claimedTasks"] {
  const now = tables.now();
  const claimed: CommitReceipt["claimedTasks"][number][] = [];
  const due = freeTasks(tables, request.keys).filter((task) => task.notBefore <= now);
  const left = new Map(Object.entries(request.limits ?? {}));
  const suspects = new Set(leastSuspicious(due, request.suspects));
  for (const task of due) {
    if (claimed.length >= request.limit) break;
    if (isSuspect(task) && !suspects.has(task)) continue;
    const key = functionKey(task.name);
    const room = left.get(key);
    if (room === 0) continue;
    if (room !== undefined) left.set(key, room - 1);
    tables.putTask({ ...task, worker, attempts: task.attempts + 1 });
    claimed.push({ no: task.no, generation: task.generation, eventId: task.eventId });
  }
  return claimed;
}

/** Of those that are due, soonest first: as many as there is room for of the least suspicious for whom there is room. */
function leastSuspicious<Row extends InstanceRow | TaskRow>(due: readonly Row[], rooms: readonly number[]): readonly Row[] {
  const mayCome = due.filter((row) => isSuspect(row) && roomOf(rooms, suspicionOf(row.crashes)) > 0);
  const least = mayCome.reduce((fewest, { crashes }) => Math.min(fewest, crashes), Number.POSITIVE_INFINITY);
  return mayCome.filter(({ crashes }) => crashes === least).slice(0, roomOf(rooms, suspicionOf(least)));
}
