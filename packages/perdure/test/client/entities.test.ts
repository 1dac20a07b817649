import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntityInfo } from "perdure";
import { entity, entityRef, orchestrator } from "perdure";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { PerdureError } from "../../src/errors/perdure-error.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import { TaskHub } from "../../src/task-hub/task-hub.ts";

const account = entity("Account", {
  initialState: () => ({ balance: 0, notes: [] as string[] }),
  operations: {
    deposit: (ctx, amount: number) => {
      if (amount < 0) throw new Error("a deposit is above 0");
      ctx.state.balance += amount;
    },
    note: (ctx, text: string) => {
      ctx.state.notes.push(text);
    },
  },
});
const holds = orchestrator("Holds", async (ctx) => {
  using _lock = await ctx.lock(account.id("locked"));
  await ctx.waitForExternalEvent("Go");
});

const until = async <T>(read: () => Promise<T>, isReached: (value: T) => boolean): Promise<T> => {
  for (;;) {
    const value = await read();
    if (isReached(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

const refusal = (code: string, text: RegExp) => (error: unknown) =>
  error instanceof PerdureError && error.code === code && text.test(error.message);

for (const store of inTurn("entities of client", ["memory", "sqlite"] as const)) {
  test(`${store}: a client signals, reads, lists, purges and cleans entities`, async () => {
    using folder = new Folder();
    const url = store === "memory" ? "memory:" : `file:${folder.path}/hub.db`;
    await using hub = await TaskHub.open(url, { functions: [account, holds], log: false });
    await hub.start();
    const { client } = hub;
    const a = client.entity(account, "a");
    assert.deepEqual([a.id, await a.state(), await a.info(), await a.purge()], ["@account@a", null, null, false]);
    await a.signal.deposit(2);
    await client.entity(account.id("a")).signal.note("x", { messageId: "once" });
    await client.entity("ACCOUNT", "a").signal.note?.("x", { messageId: "once" });
    const state = await until(a.state, (value) => value?.balance === 2 && value.notes.length > 0);
    const balance: number | undefined = state?.balance;
    assert.deepEqual([balance, state?.notes], [2, ["x"]]);
    await a.signal.deposit(-1);
    const failed = await until(a.info, (info) => info?.lastFailure !== null);
    assert.deepEqual([failed?.lastFailure?.operation, failed?.lastFailure?.message], ["deposit", "a deposit is above 0"]);
    assert.ok(failed?.lastOperationTime instanceof Date && failed.lastFailure?.at instanceof Date);

    const run = await client.startNew(holds);
    const locked = client.entity(account, "locked");
    await until(locked.info, (info) => info?.lockedBy !== null && info !== null);
    await locked.signal.deposit(7);
    const held = await until(locked.info, (info) => info?.waiting === 1);
    assert.deepEqual([held?.lockedBy?.instanceId, held?.exists], [run.instanceId, false]);
    await client.entity(account, "later").signal.deposit(1, { at: "1d" });

    const all = (filter?: Parameters<typeof client.queryEntities>[0]) => Array.fromAsync(client.queryEntities(filter));
    const keys = (found: readonly EntityInfo[]) => found.map(({ key }) => key);
    assert.deepEqual(keys(await all()), ["a"]);
    assert.deepEqual(
      keys(
        await until(
          () => all({ showEmpty: true, pageSize: 1 }),
          (found) => found.length === 3,
        ),
      ),
      ["a", "later", "locked"],
    );
    assert.deepEqual(
      (await all({ name: "Account", showState: true })).map((one) => one.state),
      [{ balance: 2, notes: ["x"] }],
    );
    assert.deepEqual(await all({ name: "Other" }), []);
    assert.deepEqual(await all({ lastOperationTo: "2020-01-01" }), []);
    assert.deepEqual(
      (await Array.fromAsync(client.query())).map((one) => one.instanceId),
      [run.instanceId],
    );
    assert.equal(await client.getStatus("@account@a"), null);
    assert.deepEqual(await client.cleanEntities(), { emptyEntitiesRemoved: 0, orphanedLocksReleased: 0 });

    await run.raiseEvent("Go");
    await run.result({ timeout: "20s" });
    await until(locked.state, (value) => value?.balance === 7);
    assert.equal(await locked.purge(), true);
    await until(locked.state, (value) => value === null);
  });
}

test("what cannot be is refused where it is given, and sends nothing", async () => {
  await using hub = await TaskHub.open("memory:", { functions: [account], log: false });
  await hub.start();
  const { client } = hub;
  assert.throws(() => client.entity(account, "a/b"), refusal("ENTITY_KEY_INVALID", /a\/b/));
  assert.throws(() => client.entity("no@name", "a"), refusal("FUNCTION_NAME_INVALID", /"no@name".*contains "@"/));
  const a = client.entity(account, "a");
  const signal = (options: unknown) => a.signal.deposit(1, options as never);
  await assert.rejects(signal({ messageID: "x" }), refusal("OPTION_UNKNOWN", /signal has no option "messageID"/));
  for (const messageId of ["", "x".repeat(257), "\0", "\ud800", 7])
    await assert.rejects(signal({ messageId }), refusal("OPTION_INVALID", /"messageId" is .*1 to 256 characters/));
  await assert.rejects(signal({ at: "soon" }), refusal("OPTION_INVALID", /"at" is "soon"/));
  await assert.rejects(a.signal.deposit(1n as never), refusal("PAYLOAD_NOT_JSON", /input of signal "deposit"/));
  await assert.rejects(
    client.entity(entityRef<{ add(): void }>("Nowhere"), "a").signal.add(),
    refusal("ENTITY_UNKNOWN", /"nowhere".*"Account"/),
  );
  const query = (filter: unknown) => Array.fromAsync(client.queryEntities(filter as never));
  await assert.rejects(query({ names: "x" }), refusal("OPTION_UNKNOWN", /queryEntities has no option "names"/));
  await assert.rejects(query({ lastOperationFrom: "yesterday" }), refusal("OPTION_INVALID", /lastOperationFrom/));
  assert.throws(() => client.cleanEntities({ all: true } as never), refusal("OPTION_UNKNOWN", /"all"/));
  assert.deepEqual([await a.info(), await query({ showEmpty: true })], [null, []]);
});

test("operations, inputs and states are typed", () => {
  const compiled = (_body: () => unknown): void => {};
  compiled(async () => {
    await using hub = await TaskHub.open("memory:");
    const a = hub.client.entity(account, "a");
    // @ts-expect-error an input of another type
    await a.signal.deposit("1");
    // @ts-expect-error an operation that is not there
    await a.signal.withdraw(1);
    // @ts-expect-error clients do not call
    await a.call.deposit(1);
    // @ts-expect-error a state of another type
    const text: string | null = await a.state();
    return text;
  });
});
