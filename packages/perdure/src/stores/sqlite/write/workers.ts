import type { WorkerId } from "../../../model/ids.ts";
import { fence, workerId } from "../../../model/ids.ts";
import type { JoinParams, JoinReceipt, Store } from "../../../store/contract.ts";
import { hadWork, wakeAtFor } from "../../../store/wake.ts";
import { nextWakeOf } from "../../sql-rows.ts";
import type { ProcessIdentity } from "../process-identity.ts";
import { isProvenDead } from "../process-identity.ts";
import { checkFence } from "./fence.ts";
import type { Tx } from "./tx.ts";
import { takeNumbers } from "./tx.ts";

const JOIN = `INSERT INTO workers (fence, lease_until, functions, host, machine, pid, pid_started, seen_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

const RENEW = `UPDATE workers SET lease_until = ?, renewals = renewals + 1, seen_at = ?, load = coalesce(?, load),
  functions = coalesce(?, functions) WHERE worker = ?`;

const jsonOrNull = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

export function join(tx: Tx, params: JoinParams & { readonly identity: ProcessIdentity }): JoinReceipt {
  const { leaseMs, functions, host, identity } = params;
  const fresh = takeNumbers(tx.connection, "fence", 1);
  const inserted = tx.connection
    .sql(JOIN)
    .run(fresh, tx.now + leaseMs, JSON.stringify(functions), host, identity.machine, identity.pid, identity.started, tx.now);
  return { worker: workerId(Number(inserted.lastInsertRowid)), fence: fence(fresh), now: tx.now };
}

export function renew(tx: Tx, params: Parameters<Store["renew"]>[0]): { readonly now: number } {
  checkFence(tx, params.worker, params.fence);
  tx.connection.sql(RENEW).run(tx.now + params.leaseMs, tx.now, jsonOrNull(params.load), jsonOrNull(params.functions), params.worker);
  return { now: tx.now };
}

export function refence(tx: Tx, params: Parameters<Store["refence"]>[0]): Awaited<ReturnType<Store["refence"]>> {
  const { worker, token } = params;
  const again = tx.connection.sql("SELECT 1 FROM workers WHERE worker = ? AND fence IS NOT NULL AND refenced_by = ?").get(worker, token);
  if (again === undefined) checkFence(tx, worker, params.fence);
  const fresh = takeNumbers(tx.connection, "fence", 1);
  tx.connection.sql("UPDATE workers SET fence = ?, refenced_by = ?, seen_at = ? WHERE worker = ?").run(fresh, token, tx.now, worker);
  return { fence: fence(fresh), now: tx.now };
}

/** What it still holds is ready for others, without counting a crash; then the row goes. */
export function leaveHub(tx: Tx, params: Parameters<Store["leave"]>[0]): void {
  checkFence(tx, params.worker, params.fence);
  freeInstances(tx, params.worker, -1, false);
  tx.connection.sql("UPDATE tasks SET worker = NULL WHERE worker = ?").run(params.worker);
  bury(tx, params.worker);
}

export function declareDead(tx: Tx, params: Parameters<Store["declareDead"]>[0]): boolean {
  const { worker, fence: seen, renewals } = params;
  const row = tx.connection
    .sql("SELECT lease_until, machine, pid, pid_started AS started FROM workers WHERE worker = ? AND fence = ? AND renewals = ?")
    .get(worker, seen, renewals);
  if (row === undefined) return false;
  const { lease_until: leaseUntil, ...identity } = row as unknown as ProcessIdentity & { readonly lease_until: number };
  if (leaseUntil >= tx.now && !isProvenDead(identity)) return false;
  tx.connection.sql("UPDATE workers SET fence = NULL, died_at = ? WHERE worker = ?").run(tx.now, worker);
  return true;
}

export function takeOver(tx: Tx, dead: WorkerId, limit: number): { readonly freed: number; readonly done: boolean } {
  if (tx.connection.sql("SELECT 1 FROM workers WHERE worker = ? AND fence IS NOT NULL").get(dead) !== undefined) {
    throw new Error(`Store contract broken: worker ${dead} is not dead`);
  }
  const freed = freeInstances(tx, dead, limit, true);
  if (tx.connection.sql("SELECT 1 FROM instances WHERE owner = ? LIMIT 1").get(dead) !== undefined) return { freed, done: false };
  tx.connection.sql("UPDATE tasks SET worker = NULL, crashes = crashes + 1 WHERE worker = ?").run(dead);
  bury(tx, dead);
  return { freed, done: true };
}

interface Owned {
  readonly no: number;
  readonly next_wake: number | null;
  readonly mail: number;
}

const OWNED = `SELECT no, next_wake, EXISTS (SELECT 1 FROM inbox WHERE inbox.no = instances.no) AS mail FROM instances
  WHERE owner = ? ORDER BY no LIMIT ?`;

const FREE = `UPDATE instances SET owner = NULL, wake_at = ?1, crashes = crashes + ?2, suspicion = max(crashes + ?2 - 1, 0), version = version + 1
  WHERE no = ?3`;

/** Up to `limit` of them (negative: all). Those that only wait stay asleep. */
export function freeInstances(tx: Tx, owner: number, limit: number, crashed: boolean): number {
  const owned = tx.connection.sql(OWNED).all(owner, limit) as unknown as readonly Owned[];
  const free = tx.connection.sql(FREE);
  for (const { no, next_wake, mail } of owned) {
    const nextWake = nextWakeOf(next_wake);
    const hasCrashed = crashed && hadWork(nextWake, mail === 1, tx.now);
    free.run(wakeAtFor(nextWake, mail === 1, tx.now), hasCrashed ? 1 : 0, no);
  }
  return owned.length;
}

/** Its markers stay for a while: a process that waits for the answer to its last batch may still read them. Its time stays for good. */
function bury(tx: Tx, worker: number): void {
  tx.connection.sql("UPDATE counters SET value = max(value, ?) WHERE name = 'store_time'").run(tx.now);
  tx.connection.sql("DELETE FROM workers WHERE worker = ?").run(worker);
}
