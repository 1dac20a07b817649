import assert from "node:assert/strict";
import { entity, orchestrator } from "perdure";
import { parseNotes } from "../../../src/model/entity-notes.ts";
import { functionKey } from "../../../src/model/function-name.ts";
import type { InstanceId } from "../../../src/model/ids.ts";
import { entityId } from "../../../src/model/ids.ts";
import { payload } from "../../../src/model/payload.ts";
import type { Store } from "../../../src/store/contract.ts";

export const account = entity("Account", {
  initialState: () => 0,
  operations: {
    add: (context, amount: number): number => {
      context.state += amount;
      return context.state;
    },
    get: (context) => context.state,
    fail: (context) => {
      context.state = 99;
      throw new RangeError("no");
    },
  },
});

export const idOf = (key: string): InstanceId => entityId(functionKey("Account"), key);

export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/** In a section: no other sees the sum while half of it is on its way. */
export const transfer = orchestrator("transfer", async (ctx, { from, to, amount }: Transfer) => {
  using lock = await ctx.lock(account.id(from), account.id(to));
  const [source, target] = lock.entities;
  const left = await source.call.add(-amount);
  await target.call.add(amount);
  return left;
});

/** Adds one so many times, one call after another. */
export const adds = orchestrator("adds", async (ctx, { key, times }: { readonly key: string; readonly times: number }) => {
  let last = 0;
  for (let i = 0; i < times; i++) last = await ctx.entity(account, key).call.add(1);
  return last;
});

export interface EntityRow {
  readonly state: unknown;
  readonly lockedBy: string | null;
  readonly held: number;
}

/** Null: there is no row. */
export async function entityRow(store: Store, key: string): Promise<EntityRow | null> {
  const [row] = await store.readInstances([idOf(key)]);
  if (row === undefined) return null;
  const notes = parseNotes(row.customStatus === null ? null : payload(row.customStatus));
  return { state: row.input === null ? null : JSON.parse(row.input), lockedBy: notes.lock?.holder ?? null, held: notes.held };
}

/** Nothing is locked and nothing is held. */
export async function assertFree(store: Store, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const row = await entityRow(store, key);
    if (row !== null) assert.deepEqual({ lockedBy: row.lockedBy, held: row.held }, { lockedBy: null, held: 0 }, key);
  }
}
