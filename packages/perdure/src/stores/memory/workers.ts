import type { InstanceNo, WorkerId } from "../../model/ids.ts";
import { fence, workerId } from "../../model/ids.ts";
import type { JoinParams, JoinReceipt, Store } from "../../store/contract.ts";
import { hadWork, wakeAtFor } from "../../store/wake.ts";
import { checkFence } from "./commit.ts";
import type { Tables } from "./tables.ts";
import { breach } from "./tables.ts";
import { allTasks } from "./tasks.ts";

export function join(tables: Tables, params: JoinParams): JoinReceipt {
  const { leaseMs, functions, host } = params;
  const now = tables.now();
  const row = {
    worker: workerId(tables.next("worker")),
    fence: fence(tables.next("fence")),
    leaseUntil: now + leaseMs,
    renewals: 0,
    functions,
    host,
    load: null,
    provenDead: false,
    diedAt: null,
  };
  tables.set(tables.workers, row.worker, row);
  return { worker: row.worker, fence: row.fence, now };
}

export function renew(tables: Tables, params: Parameters<Store["renew"]>[0]): { readonly now: number } {
  checkFence(tables, params.worker, params.fence);
  const row = tables.workers.get(params.worker) ?? breach("unreachable");
  const now = tables.now();
  const load = params.load ?? row.load;
  const functions = params.functions ?? row.functions;
  tables.set(tables.workers, row.worker, { ...row, leaseUntil: now + params.leaseMs, renewals: row.renewals + 1, load, functions });
  return { now };
}

export function refence(tables: Tables, params: Parameters<Store["refence"]>[0]): Awaited<ReturnType<Store["refence"]>> {
  const { worker, token } = params;
  const row = tables.workers.get(worker);
  if (row?.fence == null || tables.refencedBy.get(worker) !== token) checkFence(tables, worker, params.fence);
  const fresh = fence(tables.next("fence"));
  tables.set(tables.workers, worker, { ...(row ?? breach("unreachable")), fence: fresh });
  tables.set(tables.refencedBy, worker, token);
  return { fence: fresh, now: tables.now() };
}

/** What it still holds is ready for others, without counting a crash; then the row goes. */
export function leaveHub(tables: Tables, params: Parameters<Store["leave"]>[0]): void {
  checkFence(tables, params.worker, params.fence);
  const now = tables.now();
  for (const no of tables.ownedBy(params.worker)) free(tables, no, now, false);
  for (const task of [...allTasks(tables)]) if (task.worker === params.worker) tables.putTask({ ...task, worker: null });
  bury(tables, params.worker);
}

export function declareDead(tables: Tables, params: Parameters<Store["declareDead"]>[0]): boolean {
  const row = tables.workers.get(params.worker);
  const now = tables.now();
  if (row === undefined || row.fence !== params.fence || row.renewals !== params.renewals || row.leaseUntil >= now) return false;
  tables.set(tables.workers, row.worker, { ...row, fence: null, diedAt: now });
  return true;
}

export function takeOver(tables: Tables, dead: WorkerId, limit: number): { readonly freed: number; readonly done: boolean } {
  if (tables.workers.get(dead)?.fence != null) breach(`worker ${dead} is not dead`);
  const now = tables.now();
  const owned = tables.ownedBy(dead);
  const slice = owned.slice(0, limit);
  for (const no of slice) free(tables, no, now, true);
  if (slice.length < owned.length) return { freed: slice.length, done: false };
  for (const task of [...allTasks(tables)]) if (task.worker === dead) tables.putTask({ ...task, worker: null, crashes: task.crashes + 1 });
  bury(tables, dead);
  return { freed: slice.length, done: true };
}

export function free(tables: Tables, no: InstanceNo, now: number, crashed: boolean): void {
  const row = tables.instances.get(no);
  if (row === undefined) return;
  const hasMail = tables.mailOf(no).length > 0;
  const crashes = row.crashes + (crashed && hadWork(row.nextWake, hasMail, now) ? 1 : 0);
  tables.putInstance({ ...row, owner: null, wakeAt: wakeAtFor(row.nextWake, hasMail, now), crashes, version: row.version + 1 });
}

/** Its markers stay for a while: a process that waits for the answer to its last batch may still read them. */
export function bury(tables: Tables, worker: WorkerId): void {
  tables.set(tables.workers, worker, undefined);
  tables.set(tables.refencedBy, worker, undefined);
}
