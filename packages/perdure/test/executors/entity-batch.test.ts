import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegisteredFunction } from "perdure";
import { entity, orchestrator } from "perdure";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import type { EntityBatchRan, EntityOperationResult } from "../../src/model/entity-batch.ts";
import type { Executor } from "../../src/model/executor.ts";
import { instanceId, instanceNo } from "../../src/model/ids.ts";
import type { Payload } from "../../src/model/payload.ts";
import { payload } from "../../src/model/payload.ts";
import type { FunctionLogEntry } from "../../src/replay/functions/function-log.ts";
import { Random } from "../../src/testing/random.ts";
import { seededIds, VirtualTime } from "../../src/testing/virtual-time.ts";

const NOW = Date.UTC(2026, 0, 1);

interface Asked {
  readonly state?: unknown;
  readonly isDurable?: boolean;
  readonly isSignal?: boolean;
}

/** Operations are names, or a name and its input. */
class Bench {
  readonly time = new VirtualTime();
  readonly log: FunctionLogEntry[] = [];
  readonly executor: Executor;

  constructor(...functions: readonly RegisteredFunction[]) {
    this.executor = createNativeExecutor({
      functions: new FunctionRegistry(functions, { defaultVersion: "7.0", match: "None" }),
      scheduler: this.time,
      clock: this.time,
      ids: seededIds(new Random(1)),
      log: (entry) => this.log.push(entry),
    });
  }

  async run(id: string, operations: readonly (string | readonly [string, unknown])[], asked: Asked = {}): Promise<EntityBatchRan> {
    const { state, isDurable = true, isSignal = false } = asked;
    const [, name = ""] = id.split("@");
    const answer = this.executor.runEntityBatch({
      ...{ no: instanceNo(1), instanceId: instanceId(id), name, alone: false, now: NOW, stopAfterMs: 100 },
      state: state === undefined ? null : payload(JSON.stringify(state)),
      operations: operations.map((one) => {
        const [operation, input] = typeof one === "string" ? [one, undefined] : one;
        return { operation, input: input === undefined ? null : payload(JSON.stringify(input)), isSignal, isDurable };
      }),
    });
    let ran: EntityBatchRan | null = null;
    void answer.then((result) => {
      if (result.kind === "ran") ran = result;
    });
    await this.time.runUntil(() => ran !== null, 600_000);
    const result = await answer;
    assert.equal(result.kind, "ran");
    return result as EntityBatchRan;
  }
}

const parsed = (text: Payload | null): unknown => (text === null ? null : JSON.parse(text));
/** Values, and failures as `Type: message`. */
const ends = (results: readonly EntityOperationResult[]): readonly unknown[] =>
  results.map((one) => (one.kind === "completed" ? parsed(one.result) : `${one.failure.errorType}: ${one.failure.message}`));

interface Cart {
  items: unknown[];
}

let hanging: () => unknown = () => {};

const cart = entity(
  "Cart",
  {
    initialState: (): Cart => ({ items: [] }),
    operations: {
      put: (ctx, item: string) => ctx.state.items.push(item),
      get: (ctx) => ctx.state.items,
      spoil: (ctx) => {
        ctx.state.items.push("half");
        ctx.entity(cart.id("other")).signal.put("half");
        throw new TypeError("no");
      },
      unstorable: (ctx) => {
        ctx.state.items.push(1n);
      },
      later: async (ctx) => ctx.state.items.push("later"),
      promised: (ctx) => Promise.resolve(ctx.state.items.push("promised")),
      hangs: (ctx) => {
        hanging = () => ctx.state;
        return new Promise<void>(() => {});
      },
    },
  },
  { timeout: "1s" },
);

test("an operation that throws, or whose state cannot be stored, changes nothing and sends nothing", async () => {
  const ran = await new Bench(cart).run("@cart@a", [["put", "a"], "spoil", "unstorable", ["PUT", "b"]]);
  const [first, spoilt, unstorable, last] = ends(ran.results);
  assert.deepEqual([first, spoilt, last], [1, "TypeError: no", 2]);
  assert.match(String(unstorable), /state after operation "unstorable".*bigint/i);
  assert.deepEqual(parsed(ran.state), { items: ["a", "b"] });
  assert.deepEqual(ran.actions, []);
});

test("what an operation leaves behind does not reach the state of the next ones", async () => {
  const kept: Cart[] = [];
  const leaky = entity("Leaky", {
    initialState: (): Cart => ({ items: [] }),
    operations: {
      async keep(ctx) {
        kept.push(ctx.state);
        ctx.state.items.push("kept");
      },
      fails: (ctx) => {
        kept.push(ctx.state);
        throw new Error("fails");
      },
      touch: (ctx) => {
        for (const one of kept) one.items.push("from outside");
        return ctx.state.items.length;
      },
    },
  });
  const ran = await new Bench(leaky).run("@leaky@a", ["keep", "touch", "fails", "touch"]);
  assert.deepEqual(ends(ran.results), [null, 1, "Error: fails", 1]);
  assert.deepEqual(parsed(ran.state), { items: ["kept"] });
});

test("an operation that never settles times out by the scheduler's time, and the next one runs", async () => {
  const bench = new Bench(cart);
  const ran = await bench.run("@cart@a", [["put", "a"], "hangs"]);
  assert.match(String(ends(ran.results)[1]), /^TimeoutError: Operation "hangs" of entity "Cart" did not finish within 1000 ms/);
  assert.equal(bench.time.monotonicMs(), 1_000);
  assert.deepEqual(parsed(ran.state), { items: ["a"] });
  assert.deepEqual(ends((await bench.run("@cart@a", [["put", "b"]], { state: { items: ["a"] } })).results), [2]);
});

test("the clock of an operation stops with it", async () => {
  const bench = new Bench(cart);
  await bench.run("@cart@a", ["later"]);
  const { turns } = bench.time;
  await bench.time.advance(60_000);
  assert.equal(bench.time.turns, turns);
});

test("what may touch the world is not begun while its cause is not durable", async () => {
  let begun = 0;
  class Mailer {
    async send(): Promise<void> {
      begun += 1;
    }
  }
  const bench = new Bench(cart, entity("Mailer", Mailer));
  const undurable = { isDurable: false };
  const ran = await bench.run("@cart@a", [["put", "a"], "later", ["put", "b"]], undurable);
  assert.deepEqual([ran.results.length, ran.cut], [1, "durability"]);
  assert.deepEqual([(await bench.run("@mailer@a", ["send"], undurable)).cut, begun], ["durability", 0]);
  // That a plain function returns a promise shows when it does, and counts from then on.
  assert.equal((await bench.run("@cart@a", ["promised"], undurable)).cut, null);
  assert.equal((await bench.run("@cart@a", ["promised"], undurable)).cut, "durability");
});

test("reading an entity does not make it; changing it does, and so does assigning what it would have been", async () => {
  const flag = entity("Flag", {
    initialState: () => false,
    operations: {
      get: (ctx) => [ctx.state, ctx.isNew],
      lower: (ctx) => {
        ctx.state = false;
      },
    },
  });
  const bench = new Bench(flag, cart);
  assert.equal((await bench.run("@flag@a", ["get"])).state, null);
  assert.equal((await bench.run("@cart@a", ["get"])).state, null);
  const lowered = await bench.run("@flag@a", ["get", "lower", "get"]);
  assert.deepEqual([parsed(lowered.state), ends(lowered.results)], [false, [[false, true], null, [false, false]]]);
});

test("delete is there unless it is defined, and after it the entity is new", async () => {
  const own = entity("Own", { initialState: () => 1, operations: { delete: (ctx) => (ctx.state = 5) } });
  const bench = new Bench(cart, own);
  const ran = await bench.run("@cart@a", ["delete", "get", ["put", "x"], "Delete"], { state: { items: ["old"] } });
  assert.deepEqual([ran.state, ends(ran.results)], [null, [null, [], 1, null]]);
  assert.deepEqual(parsed((await bench.run("@own@a", ["delete"])).state), 5);
});

test("a state that is changed after deleteState exists again, from its initial value", async () => {
  const again = entity("Again", {
    initialState: (): Cart => ({ items: ["first"] }),
    operations: {
      renew: (ctx) => {
        ctx.deleteState();
        ctx.state.items.push("second");
      },
    },
  });
  const ran = await new Bench(again).run("@again@a", ["renew"], { state: { items: ["old"] } });
  assert.deepEqual(parsed(ran.state), { items: ["first", "second"] });
});

test("an unknown operation fails and names those that are there", async () => {
  const [failed] = ends((await new Bench(cart).run("@cart@a", ["fly"])).results);
  assert.match(String(failed), /no operation "fly".*"put", "get"/);
});

test("a batch is cut after its time, 1,000 operations or 4 MB of results, and not in the middle of one", async () => {
  const slow = entity("Slow", {
    initialState: () => 0,
    operations: {
      wait: (ctx) => {
        bench.time.jump(60);
        ctx.state += 1;
      },
      text: () => "x".repeat(1_024 * 1_024),
    },
  });
  const bench = new Bench(slow, cart);
  const timed = await bench.run("@slow@a", ["wait", "wait", "wait"]);
  assert.deepEqual([timed.results.length, timed.cut, timed.state], [2, "time", "2"]);
  const many = await bench.run("@cart@a", new Array<string>(1_001).fill("get"));
  assert.deepEqual([many.results.length, many.cut], [1_000, "time"]);
  const large = await bench.run("@slow@a", new Array<string>(6).fill("text"));
  assert.deepEqual([large.results.length, large.cut], [4, "time"]);
});

test("when the executor is closed, what runs is left behind and what was done before is told", async () => {
  const bench = new Bench(cart);
  const answer = bench.run("@cart@a", [["put", "a"], "hangs", ["put", "b"]]);
  await bench.executor.close();
  const ran = await answer;
  assert.deepEqual([ends(ran.results), parsed(ran.state), ran.cut], [[1], { items: ["a"] }, "shutdown"]);
  assert.equal(bench.time.monotonicMs(), 0);
  assert.throws(hanging, /after the operation had ended/);
  const after = await bench.run("@cart@a", [["put", "c"]]);
  assert.deepEqual([after.results.length, after.cut], [0, "shutdown"]);
});

test("signals and starts leave in order with their times, ids and the version that a start records", async () => {
  const child = orchestrator("Child", async (_ctx, n: number) => n);
  const sender = entity("Sender", {
    initialState: () => 0,
    operations: {
      send: (ctx) => {
        ctx.entity(cart, "B").signal.put("now");
        ctx.entity(cart.id("c")).signal.put("later", { at: "5s" });
        return [ctx.startOrchestration(child, 1), ctx.startOrchestration(child, 2, { instanceId: "mine", version: "2.0" })];
      },
      more: (ctx) => ctx.entity(cart, "d").signal.delete(undefined, { at: ctx.now }),
    },
  });
  const ran = await new Bench(cart, child, sender).run("@sender@a", ["send", "more"]);
  const [ids] = ends(ran.results) as [[string, string]];
  const signal = { kind: "signalEntity", by: 0, operation: "put" };
  const start = { kind: "startOrchestration", by: 0, name: "Child", tags: null, startAt: null };
  assert.deepEqual(ran.actions, [
    { ...signal, instanceId: "@cart@B", input: '"now"', due: null },
    { ...signal, instanceId: "@cart@c", input: '"later"', due: NOW + 5_000 },
    { ...start, instanceId: ids[0], minted: true, input: "1", version: "7.0" },
    { ...start, instanceId: "mine", minted: false, input: "2", version: "2.0" },
    { kind: "signalEntity", by: 1, instanceId: "@cart@d", operation: "delete", input: null, due: NOW },
  ]);
  assert.match(ids[0], /^[0-9a-f]{32}$/);
});

test("a context is dead when its operation has ended, whatever is kept of it", async () => {
  const late: (() => unknown)[] = [];
  const errors: string[] = [];
  const keeper = entity("Keeper", {
    initialState: () => 0,
    operations: {
      keep: (ctx) => {
        const { signal } = ctx.entity(cart, "b");
        late.push(
          () => ctx.state,
          () => (ctx.state = 3),
          () => ctx.deleteState(),
          () => signal.put("late"),
          () => ctx.startOrchestration("Child"),
        );
      },
      use: () => {
        for (const use of late) {
          try {
            use();
          } catch (error) {
            errors.push(String(error));
          }
        }
      },
    },
  });
  const ran = await new Bench(cart, keeper).run("@keeper@a", ["keep", "use"]);
  assert.deepEqual([errors.length, ran.state, ran.actions], [5, null, []]);
  for (const error of errors) assert.match(error, /operation "keep" of @keeper@a: its context was used .* after the operation had ended/);
});

test("a class: fields are the state, new ones come from the constructor, inherited methods are operations", async () => {
  class Base {
    balance = 0;
    deposit(amount: number): number {
      this.balance += amount;
      return this.balance;
    }
  }
  class Account extends Base {
    currency = "EUR";
    replace(_input: undefined, ctx: { state: unknown }): void {
      ctx.state = { balance: 7 };
    }
    describe(_input: undefined, ctx: { readonly key: string; readonly isSignal: boolean }): string {
      return `${ctx.key} ${this.balance} ${this.currency} ${ctx.isSignal}`;
    }
  }
  const ran = await new Bench(entity("Account", Account)).run("@account@Z", [["deposit", 5], "describe"], {
    state: { balance: 1 },
    isSignal: true,
  });
  assert.deepEqual(ends(ran.results), [6, "Z 6 EUR true"]);
  assert.deepEqual(parsed(ran.state), { balance: 6, currency: "EUR" });
  // What is assigned has neither methods nor new fields until it is loaded.
  const replaced = await new Bench(entity("Account", Account)).run("@account@Z", ["replace", "describe"]);
  assert.equal(ends(replaced.results)[1], "Z 7 EUR false");
});

test("the schema of the state brings an old one into shape, and refuses what it cannot", async () => {
  const counted = entity(
    "Counted",
    { initialState: () => ({ count: 0 }), operations: { add: (ctx) => (ctx.state.count += 1) } },
    {
      state: {
        "~standard": {
          version: 1,
          vendor: "test",
          validate: (value) =>
            typeof value === "number"
              ? { value: { count: value } }
              : typeof value === "object"
                ? { value }
                : { issues: [{ message: "no count" }] },
        },
      } as import("@standard-schema/spec").StandardSchemaV1<unknown, { count: number }>,
    },
  );
  const bench = new Bench(counted);
  assert.deepEqual(parsed((await bench.run("@counted@a", ["add", "add"], { state: 41 })).state), { count: 43 });
  const refused = await bench.run("@counted@a", ["add"], { state: "x" });
  assert.match(String(ends(refused.results)[0]), /state of entity "Counted".*no count/);
  assert.equal(refused.state, '"x"');
  assert.deepEqual(parsed((await bench.run("@counted@a", ["delete", "add"], { state: "x" })).state), { count: 1 });
});

test("its log lines name the entity", async () => {
  const noisy = entity("Noisy", { initialState: () => 0, operations: { say: (ctx, text: string) => ctx.log.warn(text, { n: 1 }) } });
  const bench = new Bench(noisy);
  await bench.run("@noisy@a", [["say", "hello"]]);
  const [entry] = bench.log;
  assert.deepEqual(
    [entry?.level, entry?.message, entry?.fields, entry?.functionKind, entry?.functionName, entry?.instanceId],
    ["warn", "hello", { n: 1 }, "entity", "Noisy", "@noisy@a"],
  );
});

test("an entity that is not registered stops, and the reason names those that are", async () => {
  const bench = new Bench(cart);
  const operations = [{ operation: "get", input: null, isSignal: false, isDurable: true }];
  const target = {
    no: instanceNo(1),
    instanceId: instanceId("@nope@a"),
    name: "nope",
    alone: false,
    state: null,
    now: NOW,
    stopAfterMs: 100,
  };
  const result = await bench.executor.runEntityBatch({ ...target, operations });
  assert.equal(result.kind, "stopped");
  assert.match(result.kind === "stopped" ? result.message : "", /"nope".*"Cart"/);
});
