import assert from "node:assert/strict";
import type { EntityContext } from "perdure";
import { EntityOperationFailedError, entity, orchestrator, TimeoutError } from "perdure";
import type { Scenario, Suite } from "../matrix.ts";
import type { Stand } from "../testing/stand.ts";

interface Account {
  balance: number;
  /** Who used it, in order. */
  used: string[];
}

const account = entity(
  "Account",
  {
    initialState: (): Account => ({ balance: 0, used: [] }),
    operations: {
      deposit: (ctx, amount: number) => {
        ctx.state.balance += amount;
        return ctx.state.balance;
      },
      withdraw: (ctx, amount: number) => {
        ctx.state.balance -= amount;
        if (ctx.state.balance < 0) throw new RangeError(`only ${ctx.state.balance + amount}`);
      },
      use: (ctx, who: string) => {
        ctx.state.used.push(who);
        return ctx.state.balance;
      },
      get: (ctx) => ctx.state,
      isNew: (ctx) => ctx.isNew,
      async slowly(ctx, amount: number) {
        ctx.state.balance += amount;
        await new Promise((resolve) => setTimeout(resolve, 5));
        return ctx.state.balance;
      },
      hangs: (ctx: EntityContext<Account>) => {
        ctx.state.balance = 99;
        return new Promise<void>(() => {});
      },
      when: (ctx) => {
        ctx.state.used.push(`${ctx.now.getTime()}`);
      },
      pass: (ctx, to: string) => {
        ctx.entity(account, to).signal.deposit(ctx.state.balance);
        ctx.startOrchestration(reads, to, { instanceId: `${to}-read` });
        if (to.endsWith("bad")) throw new Error("not there");
        ctx.state.balance = 0;
      },
    },
  },
  { timeout: "200ms" },
);

const reads = orchestrator("reads", async (ctx, key: string) => (await ctx.entity(account, key).call.get()).balance);

const orders = orchestrator("orders", async (ctx, key: string) => {
  const { call, signal } = ctx.entity(account, key);
  for (let n = 1; n <= 20; n += 1) signal.deposit(n);
  const [first, second] = await Promise.all([call.deposit(1), call.deposit(2)]);
  return [first, second, (await call.get()).balance];
});

const fails = orchestrator("fails", async (ctx, key: string) => {
  const { call } = ctx.entity(account, key);
  await call.deposit(5);
  try {
    await call.withdraw(7);
  } catch (error) {
    assert.ok(error instanceof EntityOperationFailedError);
    return [error.failure.errorType, error.failure.message, (await call.get()).balance];
  }
  return null;
});

const slow = orchestrator("slow", async (ctx, key: string) => {
  const { call } = ctx.entity(account, key);
  const got = await Promise.all([call.slowly(1), call.slowly(2), call.deposit(3)]);
  const hung = await call.hangs().then(
    () => "settled",
    (error: EntityOperationFailedError) => error.failure.errorType,
  );
  return [...got, hung, (await call.get()).balance];
});

const deletes = orchestrator("deletes", async (ctx, key: string) => {
  const { call } = ctx.entity(account, key);
  const seen = [await call.isNew(), await call.isNew(), await call.deposit(1), await call.isNew()];
  await call.delete();
  return [...seen, await call.isNew(), (await call.get()).balance];
});

const passes = orchestrator("passes", async (ctx, key: string) => {
  const { call } = ctx.entity(account, key);
  await call.deposit(4);
  const bad = await call.pass(`${key}-bad`).then(
    () => "passed",
    (error: EntityOperationFailedError) => error.failure.message,
  );
  await call.pass(`${key}-good`);
  return [bad, (await call.get()).balance];
});

const later = orchestrator("later", async (ctx, key: string) => {
  const { call, signal } = ctx.entity(account, key);
  const due = ctx.currentUtcDateTime.getTime() + 150;
  signal.when(undefined, { at: "150ms" });
  signal.when(undefined, { at: new Date(due - 10_000) });
  const before = (await call.get()).used.length;
  while ((await call.get()).used.length < 2) await ctx.createTimer("50ms");
  const { used } = await call.get();
  return [before, Number(used[1]) >= due];
});

/** In a section nothing of another lies between two steps of one. */
const transfer = orchestrator("transfer", async (ctx, { from, to }: { from: string; to: string }) => {
  using lock = await ctx.lock(account.id(from), account.id(to));
  const [source, target] = lock.entities;
  const balance = await source.call.use(ctx.instanceId);
  await target.call.use(ctx.instanceId);
  await ctx.createTimer("1ms");
  if (balance > 0) {
    await source.call.withdraw(balance);
    await target.call.deposit(balance);
  }
  await Promise.all([source.call.use(ctx.instanceId), target.call.use(ctx.instanceId)]);
});
const transfers = orchestrator("transfers", async (ctx, { keys, count }: { keys: readonly string[]; count: number }) => {
  for (const key of keys) ctx.entity(account, key).signal.deposit(100);
  const pairs = Array.from({ length: count }, (_, at) => [keys[at % keys.length], keys[(at + 1 + (at % 2)) % keys.length]] as const);
  await Promise.all(pairs.map(([from = "", to = ""]) => ctx.callSubOrchestrator(transfer, { from, to })));
  return await Promise.all(keys.map((key) => ctx.entity(account, key).call.get()));
});

type End = "throws" | "terminated" | "continues" | "replaced" | "completes";
const holder = orchestrator("holder", async (ctx, { keys, end }: { keys: readonly string[]; end: End }): Promise<unknown> => {
  await ctx.lock(
    keys.map((key) => account.id(key)),
    {},
  );
  ctx.setCustomStatus("holds");
  if (end === "terminated" || end === "replaced") await ctx.waitForExternalEvent("Never");
  if (end === "throws") throw new Error("inside");
  return end === "continues" ? ctx.continueAsNew({ keys, end: "completes" }) : "held";
});
/** Waits at the second entity, with the first one locked, until it is told to go on or is ended. */
const waiter = orchestrator("waiter", async (ctx, keys: readonly string[]) => {
  const asked = ctx.lock(
    keys.map((key) => account.id(key)),
    {},
  );
  ctx.setCustomStatus("asks");
  await asked;
  return "granted";
});
const impatient = orchestrator("impatient", async (ctx, keys: readonly string[]) => {
  try {
    await ctx.lock(
      keys.map((key) => account.id(key)),
      { timeout: "50ms" },
    );
  } catch (error) {
    return error instanceof TimeoutError ? "too late" : String(error);
  }
  return "granted";
});
const again = orchestrator("again", async (ctx, { key, round }: { key: string; round: number }): Promise<unknown> => {
  const call = ctx.entity(account, key).call.deposit(1);
  return round === 0 ? await call : ctx.continueAsNew({ key, round: round - 1 });
});
const run = async (
  stand: Stand,
  id: string,
  ref: Parameters<Stand["client"]["startNew"]>[0],
  input: unknown,
  output: unknown,
): Promise<void> => {
  await stand.client.startNew(ref as typeof orders, { instanceId: id, input: input as string });
  await stand.expectEnd(id, "Completed", output);
};

const scenarios: readonly Scenario[] = [
  {
    title: "messages to one entity are applied in order, and each call gets its own answer",
    run: (stand, id) => run(stand, id, orders, `${id}-a`, [211, 213, 213]),
  },
  {
    title: "a failed operation fails its call with the real failure, and changes nothing",
    run: (stand, id) => run(stand, id, fails, `${id}-a`, ["RangeError", "only 5", 5]),
  },
  {
    title: "async operations run one at a time, and one that never settles times out without an effect",
    run: (stand, id) => run(stand, id, slow, `${id}-a`, [1, 3, 6, "TimeoutError", 6]),
  },
  {
    title: "reading makes no entity, and a deleted one is new again",
    run: (stand, id) => run(stand, id, deletes, `${id}-a`, [true, true, 1, false, true, 0]),
  },
  {
    title: "an entity signals another and starts an orchestration, of a failed operation neither",
    async run(stand, id) {
      await run(stand, id, passes, `${id}-a`, ["not there", 0]);
      await stand.until("the orchestration that the entity started", () => stand.client.getStatus(`${id}-a-good-read`));
      await stand.expectEnd(`${id}-a-good-read`, "Completed", 4);
      await run(stand, `${id}-bad`, reads, `${id}-a-bad`, 0);
      assert.equal(await stand.client.getStatus(`${id}-a-bad-read`), null);
    },
  },
  {
    title: "a signal for later is applied when it is due and not before, one for the past at once",
    run: (stand, id) => run(stand, id, later, `${id}-a`, [1, true]),
  },
  {
    title: "transfers over few accounts do not interleave, and the sum stays",
    async run(stand, id) {
      const keys = [`${id}-a`, `${id}-b`, `${id}-c`];
      await stand.client.startNew(transfers, { instanceId: id, input: { keys, count: 12 } });
      const accounts = (await stand.end(id)).output as readonly Account[];
      assert.equal(
        accounts.reduce((sum, { balance }) => sum + balance, 0),
        300,
      );
      for (const { used } of accounts) {
        assert.ok(used.length > 0);
        for (let at = 0; at < used.length; at += 2) assert.equal(used[at], used[at + 1], `interleaved: ${used.join(" ")}`);
      }
    },
  },
  {
    title: "however the holder of a lock ends, the next in line gets it",
    async run(stand, id) {
      for (const end of ["throws", "terminated", "continues", "replaced"] as const) {
        const keys = [`${id}-${end}-1`, `${id}-${end}-2`];
        const instanceId = `${id}-${end}`;
        const held = await stand.client.startNew(holder, { instanceId, input: { keys, end } });
        if (end === "terminated" || end === "replaced") await stand.untilCustomStatus(instanceId, "holds");
        await stand.client.startNew(waiter, { instanceId: `${id}-${end}-next`, input: keys });
        if (end === "terminated") await held.terminate({ reason: "enough" });
        const completes = { keys, end: "completes" } as const;
        if (end === "replaced") await stand.client.startNew(holder, { instanceId, input: completes, onExisting: "replace" });
        await stand.expectEnd(`${id}-${end}-next`, "Completed", "granted");
        if (end === "replaced") await stand.expectEnd(instanceId, "Completed", "held");
      }
    },
  },
  {
    title: "a lock that is only asked for is given back too: by its timeout, and by the end of who asked",
    async run(stand, id) {
      const [first, second] = [`${id}-1`, `${id}-2`];
      const held = await stand.client.startNew(holder, { instanceId: `${id}-holds`, input: { keys: [second], end: "terminated" } });
      await stand.untilCustomStatus(`${id}-holds`, "holds");
      // Both lock the first entity, and wait for the second.
      await run(stand, `${id}-late`, impatient, [first, second], "too late");
      const asks = await stand.client.startNew(waiter, { instanceId: `${id}-asks`, input: [first, second] });
      await stand.untilCustomStatus(`${id}-asks`, "asks");
      await asks.terminate();
      await run(stand, `${id}-first`, waiter, [first], "granted");
      await held.terminate();
      await run(stand, `${id}-both`, waiter, [first, second], "granted");
    },
  },
  {
    title: "an execution that calls, continues as new and calls again gets its own answer",
    run: (stand, id) => run(stand, id, again, { key: `${id}-a`, round: 3 }, 4),
  },
];

export const entitySuite: Suite = {
  name: "entities",
  functions: [account, reads, orders, fails, slow, deletes, passes, later, transfer, transfers, holder, waiter, impatient, again],
  scenarios,
};
