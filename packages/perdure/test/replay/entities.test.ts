import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrchestrationContext } from "perdure";
import { EntityOperationFailedError, entity, entityRef, LockingRulesViolationError, PerdureError, TimeoutError } from "perdure";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { START } from "../../src/executors/testing/episode-driver.testsuite.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import { begin } from "./probe.testsuite.ts";

const account = entity("Account", {
  initialState: () => 0,
  operations: {
    deposit: (ctx, amount: number) => {
      ctx.state += amount;
      return ctx.state;
    },
    balance: (ctx) => ctx.state,
  },
});
const [a, z] = [account.id("a"), account.id("Z")];
const boom = { errorType: "RangeError", message: "too much" };

/** Live and replayed from the start, after each episode. */
const modes = [false, true];

for (const replayed of modes) {
  const how = replayed ? ", replayed" : "";
  const start = (body: (ctx: OrchestrationContext) => unknown) => {
    const { driver, functions } = begin(body);
    const next = async (change: (one: typeof driver) => unknown) => {
      change(driver);
      if (replayed) driver.evict();
      const ran = await driver.episode();
      await driver.assertReplays(functions);
      return ran;
    };
    return { driver, next };
  };

  test(`a call asks for an operation and gives its result, a signal only asks${how}`, async () => {
    const { driver, next } = start(async (ctx) => {
      const acc = ctx.entity(account, "Z");
      acc.signal.deposit(1, { at: "5s" });
      ctx.entity(a).signal.deposit(2);
      const first = await acc.call.deposit(3);
      return [first, await acc.call.balance()];
    });
    const to = { instanceId: "@account@Z" };
    assert.deepEqual((await driver.start()).actions, [
      { kind: "signalEntity", id: 0, ...to, operation: "deposit", input: "1", due: START + 5_000 },
      { kind: "signalEntity", id: 1, instanceId: "@account@a", operation: "deposit", input: "2", due: null },
      { kind: "callEntity", id: 2, ...to, operation: "deposit", input: "3" },
    ]);
    assert.deepEqual((await next((one) => one.completed(2, 4))).actions, [
      { kind: "callEntity", id: 3, ...to, operation: "balance", input: null },
    ]);
    assert.deepEqual((await next((one) => one.completed(3, 4))).outcome, { kind: "completed", output: "[4,4]" });
  });

  test(`a failed operation throws at the await, with the original failure${how}`, async () => {
    const { driver, next } = start(async (ctx) => {
      try {
        return await ctx.entity(z).call.deposit(1);
      } catch (error) {
        assert.ok(error instanceof EntityOperationFailedError);
        return [error.code, error.entity, error.operation, error.failure.errorType, error.message];
      }
    });
    await driver.start();
    assert.deepEqual(JSON.parse(String(outputOf(await next((one) => one.failed(0, boom))))), [
      ...["ENTITY_OPERATION_FAILED", "@account@Z", "deposit", "RangeError"],
      'Operation "deposit" of @account@Z failed: too much',
    ]);
  });

  test(`calls and locks work in any, all, race and Promise.all${how}`, async () => {
    const { driver, next } = start(async (ctx) => {
      const acc = ctx.entity(z);
      const { winner, index } = await ctx.any([ctx.createTimer("1h"), acc.call.deposit(1)]);
      const both = await ctx.all([acc.call.deposit(2), acc.call.deposit(3)]);
      const late = acc.call.deposit(4);
      const raced = await Promise.race([late, acc.call.deposit(5)]);
      await late;
      const [lock] = await Promise.all([ctx.lock(z), ctx.createTimer("1s")]);
      lock.release();
      return [winner.result ?? null, index, both, raced, ctx.isLocked];
    });
    await driver.start();
    await next((one) => one.completed(1, 10));
    await next((one) => one.completed(3, 30).completed(2, 20));
    await next((one) => one.completed(5, 50));
    await next((one) => one.completed(4, 40));
    await next((one) => one.fired(7));
    assert.equal(outputOf(await next((one) => one.granted(6))), "[10,1,[20,30],50,false]");
  });

  test(`a section calls what it has locked, by place, and its end is the end of the block${how}`, async () => {
    const { driver, next } = start(async (ctx) => {
      const seen: boolean[] = [];
      {
        using lock = await ctx.lock(z, a, z);
        seen.push(ctx.isLocked);
        const [first, second] = lock.entities;
        await Promise.all([first.call.deposit(1), second.call.deposit(2)]);
        ctx.entity(account, "other").signal.deposit(3);
      }
      seen.push(ctx.isLocked);
      return seen;
    });
    assert.deepEqual((await driver.start()).actions, [
      { kind: "lockEntities", id: 0, entities: ["@account@Z", "@account@a", "@account@Z"] },
    ]);
    const inside = await next((one) => one.granted(0));
    assert.deepEqual(
      inside.actions.map((action) => (action.kind === "callEntity" ? action.instanceId : action.kind)),
      ["@account@Z", "@account@a"],
    );
    const ended = await next((one) => one.completed(1, 0).completed(2, 0));
    assert.deepEqual(
      ended.actions.map(({ kind }) => kind),
      ["signalEntity", "releaseLock"],
    );
    assert.equal(outputOf(ended), "[true,false]");
  });

  test(`a section that throws ends in the episode that throws${how}`, async () => {
    const { driver, next } = start(async (ctx) => {
      await using lock = await ctx.lock(z);
      await lock.entities[0].call.deposit(1);
    });
    await driver.start();
    await next((one) => one.granted(0));
    const ended = await next((one) => one.failed(1, boom));
    assert.deepEqual(ended.actions, [{ kind: "releaseLock", lockId: 0 }]);
    assert.equal(ended.outcome?.kind, "failed");
  });

  test(`a lock is released once, whatever is called when${how}`, async () => {
    const { driver, next } = start(async (ctx) => {
      const lock = await ctx.lock(a);
      lock.release();
      lock.release();
      lock[Symbol.dispose]();
      using second = await ctx.lock(a, z);
      await second.entities[1].call.balance();
    });
    await driver.start();
    const again = await next((one) => one.granted(0));
    assert.deepEqual(again.actions, [
      { kind: "releaseLock", lockId: 0 },
      { kind: "lockEntities", id: 1, entities: ["@account@a", "@account@Z"] },
    ]);
    await next((one) => one.granted(1));
    assert.deepEqual((await next((one) => one.completed(2, 0))).actions, [{ kind: "releaseLock", lockId: 1 }]);
  });

  test(`a lock that does not come in time throws, is given back, and a grant that comes later does nothing${how}`, async () => {
    const { driver, next } = start(async (ctx) => {
      try {
        await ctx.lock([z, a], { timeout: "5s" });
        return "granted";
      } catch (error) {
        assert.ok(error instanceof TimeoutError);
        await ctx.createTimer("1m");
        return [error.message, ctx.isLocked];
      }
    });
    assert.deepEqual((await driver.start()).actions.slice(1), [{ kind: "createTimer", id: 1, fireAt: START + 5_000 }]);
    assert.deepEqual((await next((one) => one.fired(1))).actions.slice(0, 1), [{ kind: "releaseLock", lockId: 0 }]);
    await next((one) => one.granted(0));
    const ended = await next((one) => one.fired(2));
    assert.equal(outputOf(ended), '["The lock of @account@Z, @account@a was not granted in 5s",false]');
    assert.deepEqual(ended.actions, []);
  });

  test(`a lock that is granted in time stops the clock${how}`, async () => {
    const { driver, next } = start(async (ctx) => {
      using lock = await ctx.lock([z], { timeout: "5s" });
      return await lock.entities[0].call.balance();
    });
    await driver.start();
    const granted = await next((one) => one.granted(0));
    assert.deepEqual(
      granted.actions.map(({ kind }) => kind),
      ["cancelTimer", "callEntity"],
    );
    assert.deepEqual((await next((one) => one.completed(2, 7))).actions, [{ kind: "releaseLock", lockId: 0 }]);
  });

  test(`who gives up asking gives the lock back, and may ask for another${how}`, async () => {
    const { driver, next } = start(async (ctx) => {
      const asked = ctx.lock(z);
      const { index } = await ctx.any([asked, ctx.createTimer("1s")]);
      asked.cancel();
      asked.cancel();
      using _other = await ctx.lock(a);
      return [index, asked.isCancelled, asked.isCompleted];
    });
    await driver.start();
    assert.deepEqual((await next((one) => one.fired(1))).actions, [
      { kind: "releaseLock", lockId: 0 },
      { kind: "lockEntities", id: 2, entities: ["@account@a"] },
    ]);
    assert.equal(outputOf(await next((one) => one.granted(2))), "[1,true,false]");
  });

  test(`after continueAsNew nothing is released: the end of the execution does it${how}`, async () => {
    const { driver, functions } = begin(async (ctx) => {
      using _lock = await ctx.lock(z);
      return ctx.continueAsNew(1);
    });
    await driver.start();
    driver.granted(0);
    if (replayed) driver.evict();
    const ended = await driver.episode();
    assert.deepEqual([ended.outcome?.kind, ended.actions], ["continuedAsNew", []]);
    await driver.assertReplays(functions);
  });
}

/** What is forbidden, in a section of `z`, and what the error says. */
const FORBIDDEN: readonly (readonly [string, (ctx: OrchestrationContext) => unknown, RegExp])[] = [
  ["a second lock", (ctx) => ctx.lock(a), /second lock was asked for while @account@Z is locked.*all entities at once/],
  ["a sub-orchestration", (ctx) => ctx.callSubOrchestrator("Child"), /sub-orchestration .*Child.*startOrchestration/],
  ["a call outside the set", (ctx) => ctx.entity(a).call.balance(), /@account@a was called while @account@Z is locked/],
  ["a signal to what is locked", (ctx) => ctx.entity(z).signal.deposit(1), /@account@Z was signaled inside the lock.*Call it/],
];

for (const [what, ask, why] of FORBIDDEN) {
  test(`a section forbids ${what}: thrown at the line, nothing is asked for, and the section continues`, async () => {
    const { driver } = begin(async (ctx) => {
      using lock = await ctx.lock(z);
      let line = "";
      try {
        await ask(ctx);
      } catch (error) {
        assert.ok(error instanceof LockingRulesViolationError);
        line = `${error.code}: ${error.message}`;
      }
      await lock.entities[0].call.deposit(1);
      return line;
    });
    await driver.start();
    const { actions } = await driver.granted(0).episode();
    assert.deepEqual(
      actions.map(({ kind }) => kind),
      ["callEntity"],
    );
    const output = outputOf(await driver.completed(1, 0).episode()) ?? "";
    assert.match(output, /LOCKING_RULES_VIOLATION/);
    assert.match(output, why);
  });
}

test("before the grant no entity is called, and after the release not through the lock", async () => {
  const { driver } = begin(async (ctx) => {
    const asked = ctx.lock(z);
    assert.throws(() => ctx.entity(z).call.balance(), /before the lock of @account@Z was granted.*Await the lock first/);
    const lock = await asked;
    lock.release();
    assert.throws(() => lock.entities[0].call.balance(), /released before/);
    return await ctx.entity(z).call.balance();
  });
  await driver.start();
  await driver.granted(0).episode();
  assert.equal(outputOf(await driver.completed(1, 5).episode()), "5");
});

test("no lock is asked for while a call of an entity is open: each could wait for the other", async () => {
  const { driver } = begin(async (ctx) => {
    const open = ctx.entity(a).call.balance();
    assert.throws(() => ctx.lock(z), /while a call of an entity is not answered.*Await the calls first/);
    await open;
    using _lock = await ctx.lock(z);
    return "locked";
  });
  assert.equal((await driver.start()).actions.length, 1);
  await driver.completed(0, 5).episode();
  assert.equal(outputOf(await driver.granted(1).episode()), '"locked"');
});

test("waits, timers, activities and starts are allowed in a section; so are several calls of one entity at once", async () => {
  const { driver } = begin(async (ctx) => {
    using lock = await ctx.lock(z);
    const [acc] = lock.entities;
    ctx.startOrchestration("Child");
    void ctx.callActivity("Anything");
    void ctx.createTimer("1s");
    void ctx.waitForExternalEvent("Go");
    await Promise.all([acc.call.deposit(1), acc.call.deposit(2), ctx.entity(z).call.balance()]);
  });
  await driver.start();
  const { actions } = await driver.granted(0).episode();
  assert.equal(actions.filter(({ kind }) => kind === "callEntity").length, 3);
});

test("an uncaught violation fails the orchestration, and the lock is given back", async () => {
  const { driver } = begin(async (ctx) => {
    using _lock = await ctx.lock(z);
    await ctx.callSubOrchestrator("Child");
  });
  await driver.start();
  const { actions, outcome } = await driver.granted(0).episode();
  assert.deepEqual(actions, [{ kind: "releaseLock", lockId: 0 }]);
  assert.equal(outcome?.kind === "failed" ? outcome.failure.errorType : "", "LockingRulesViolationError");
});

test("what cannot be asked for is refused where it is asked for", async () => {
  const { driver } = begin((ctx) => {
    const fails = (ask: () => unknown, code: string, text: RegExp) =>
      assert.throws(ask, (error) => error instanceof PerdureError && error.code === code && text.test(error.message));
    fails(() => ctx.lock(), "CALL_INVALID", /at least one entity/);
    fails(() => ctx.lock([z], JSON.parse('{"timeOut":"1s"}')), "OPTION_UNKNOWN", /timeOut/);
    fails(() => ctx.lock([z], { timeout: JSON.parse('"soon"') }), "OPTION_INVALID", /soon/);
    fails(() => Reflect.apply(ctx.entity, ctx, [z, "b"]), "CALL_INVALID", /another key/);
    fails(() => ctx.entity(account, "a/b"), "ENTITY_KEY_INVALID", /"a\/b"/);
    fails(() => ctx.entity(account, JSON.parse("null")), "ENTITY_KEY_INVALID", /not a string/);
    fails(() => ctx.entity(JSON.parse("7"), "a"), "OPTION_INVALID", /entity\(\) or entityRef\(\)/);
    fails(() => ctx.entity(z).signal.deposit(1, { at: JSON.parse('"soon"') }), "OPTION_INVALID", /soon/);
    fails(() => ctx.entity(z).signal.deposit(1, JSON.parse('{"when":"1s"}')), "OPTION_UNKNOWN", /when/);
    const lost = entityRef<{ put(value: unknown): void }>("Lost");
    fails(() => ctx.entity(lost, "a").call.put(new Map()), "PAYLOAD_NOT_JSON", /operation "put" of @lost@a/);
    return "fine";
  });
  const { actions, outcome } = await driver.start();
  assert.deepEqual([actions, outcome], [[], { kind: "completed", output: '"fine"' }]);
});

test("code that asks an entity for other than what its history has is stopped, with the line", async () => {
  const body = (operation: "balance" | "delete", key: string) => async (ctx: OrchestrationContext) => {
    using lock = await ctx.lock(account.id(key));
    await lock.entities[0].call[operation]();
  };
  const { driver } = begin(body("balance", "a"));
  await driver.start();
  await driver.granted(0).episode();
  const changed = async (operation: "balance" | "delete", key: string): Promise<string> => {
    const functions = new FunctionRegistry([orchestrator("Probe", body(operation, key))]);
    const { requests, history } = driver;
    const last = requests.at(-1);
    assert.ok(last);
    const fresh = [{ kind: "OrchestratorStarted", ts: START }] as const;
    const result = await createNativeExecutor({ functions }).runEpisode({ ...last, episode: 2, history, fresh });
    return result.kind === "stopped" ? result.message : result.kind;
  };
  assert.equal(await changed("balance", "a"), "ran");
  const other = await changed("delete", "a");
  assert.match(
    other,
    /asked for operation "delete" of @account@a as action 1 at .*entities\.test\.ts:\d+.*history has operation "balance" of @account@a/,
  );
  assert.match(
    await changed("balance", "b"),
    /asked for lock of @account@b as action 0 at .*entities\.test\.ts:\d+.*history has lock of @account@a/,
  );
});

test("an orchestrator that waits for a lock it has given up is stuck, and is told so", async () => {
  const { driver } = begin(async (ctx) => {
    const asked = ctx.lock(z);
    await ctx.createTimer("1s");
    asked.cancel();
    await asked;
  });
  await driver.start();
  const message = await driver.fired(1).stops("STUCK");
  assert.match(message, /lock of @account@Z/);
});

const outputOf = ({ outcome }: { readonly outcome: { readonly kind: string; readonly output?: unknown } | null }): string | null =>
  outcome?.kind === "completed" ? String(outcome.output) : null;
