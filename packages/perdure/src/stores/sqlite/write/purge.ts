import { TERMINAL_STATUSES } from "../../../model/status.ts";
import { purgeNote } from "../../../store/audit.ts";
import type { PurgeParams, PurgeRange, PurgeReceipt } from "../../../store/purge.ts";
import { purgeTree } from "../../purge-tree.ts";
import { noteRuns } from "./audit.ts";
import { dropInstances } from "./drop.ts";
import { giveSlots } from "./tasks.ts";
import type { Tx } from "./tx.ts";

/** A run that has accepted a start in its place has not ended for good. */
const FOR_GOOD = "completed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inbox b WHERE b.no = i.no AND b.kind = 'replace')";
const CHILDREN = `SELECT no FROM instances i INDEXED BY instances_parent WHERE parent_no IN (SELECT value FROM json_each(?)) AND ${FOR_GOOD} LIMIT ?`;
const ENDED = `SELECT no FROM instances i WHERE no IN (SELECT value FROM json_each(?)) AND ${FOR_GOOD}`;
const ONE = `SELECT no FROM instances i WHERE instance_id = ? AND ${FOR_GOOD}`;

interface Found {
  readonly nos: readonly number[];
  readonly more: boolean;
  readonly upTo?: number | undefined;
}

export function purge(tx: Tx, params: PurgeParams): PurgeReceipt {
  const began = tx.stopwatch?.();
  const { nos, more, upTo } = found(tx, params);
  const tree =
    params.recursive === true
      ? purgeTree(nos, (parents, most) => numbers(tx, CHILDREN, JSON.stringify(parents), most))
      : { nos, isWhole: true };
  noteRuns(tx, tree.nos, purgeNote(params));
  dropInstances(tx, tree.nos);
  giveSlots(tx);
  const complete = !more && tree.isWhole;
  const ended = tx.stopwatch?.();
  const held = began === undefined || ended === undefined ? {} : { heldMs: ended - began };
  return { deleted: tree.nos.length, complete, ...(upTo === undefined || !tree.isWhole ? {} : { upTo }), ...held };
}

function found(tx: Tx, params: PurgeParams): Found {
  if ("instanceId" in params) return { nos: numbers(tx, ONE, params.instanceId), more: false };
  if ("nos" in params) return { nos: numbers(tx, ENDED, JSON.stringify(params.nos)), more: false };
  const { sql, values } = doneWithin(params);
  const rows = tx.connection.sql(sql).all(...values) as unknown as readonly { readonly no: number; readonly completed_at: number }[];
  const slice = rows.slice(0, params.limit);
  return { nos: slice.map(({ no }) => no), more: slice.length < rows.length, upTo: slice.at(-1)?.completed_at };
}

const numbers = (tx: Tx, sql: string, ...values: readonly (string | number)[]): readonly number[] =>
  (tx.connection.sql(sql).all(...values) as unknown as readonly { readonly no: number }[]).map(({ no }) => no);

/** Both ends of the creation range belong to it. Only finished instances are looked at, oldest end first: of each status a range of the index, merged. */
function doneWithin(params: PurgeRange): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const { names } = params;
  const tests: string[] = [FOR_GOOD];
  const values: (string | number)[] = [];
  const test = (sql: string, value: string | number | null | undefined, end = "") => {
    if (value !== null && value !== undefined) tests.push(`${sql} ?${values.push(value)}${end}`);
  };
  test("completed_at <", params.completedBefore);
  test("completed_at >=", params.completedFrom);
  test("created_at >=", params.createdFrom);
  test("created_at <=", params.createdTo);
  if (names !== undefined) {
    const [is, keys] = "only" in names ? ["IN", names.only] : ["NOT IN", names.except];
    test(`name_key ${is} (SELECT value FROM json_each(`, JSON.stringify(keys), "))");
  }
  if (params.keepsUnderLiveParents === true)
    tests.push("(parent_no IS NULL OR NOT EXISTS (SELECT 1 FROM instances p WHERE p.no = i.parent_no AND p.completed_at IS NULL))");
  const statuses = TERMINAL_STATUSES.filter((status) => params.statuses.length === 0 || params.statuses.includes(status));
  const each = statuses.map((status) => `SELECT no, completed_at FROM instances i WHERE status = '${status}' AND ${tests.join(" AND ")}`);
  const all = each.length === 0 ? "SELECT no, completed_at FROM instances WHERE false" : each.join(" UNION ALL ");
  return { sql: `${all} ORDER BY completed_at LIMIT ?${values.push(params.limit + 1)}`, values };
}
