import assert from "node:assert/strict";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { PerdureError } from "../errors/perdure-error.ts";
import type { DurableTask } from "../replay/tasks/durable-task.ts";
import { activity } from "./activity.ts";
import type { OrchestrationContext } from "./context-types.ts";
import { entity, entityRef } from "./entity.ts";
import type { EntityContext } from "./entity-context.ts";
import { FunctionRegistry } from "./registry.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(..._same: Equal<A, B> extends true ? [] : [never]): void {}
/** Compiled, never run. */
const compiled = (_body: (ctx: OrchestrationContext) => unknown): void => {};

const counter = entity("Counter", {
  initialState: (_key) => 0,
  operations: {
    add: (ctx, amount: number) => {
      ctx.state += amount;
    },
    get: (ctx) => ctx.state,
    async reset(ctx) {
      ctx.state = 0;
    },
  },
});

class Account {
  balance = 0;
  deposit(amount: number): void {
    this.balance += amount;
  }
  withdraw(amount: number, _ctx: EntityContext<Account>): boolean {
    if (amount > this.balance) return false;
    this.balance -= amount;
    return true;
  }
}
const account = entity("Account", Account);

test("operations are typed by place, name, input and result", () => {
  compiled(async (ctx) => {
    const { call } = ctx.entity(counter.id("a"));
    same<ReturnType<typeof call.get>, DurableTask<number>>();
    call.add(1);
    call.reset();
    call.delete();
    const acc = ctx.entity(account, "z");
    same<ReturnType<typeof acc.call.withdraw>, DurableTask<boolean>>();
    acc.signal.deposit(1, { at: "5s" });
    ctx.entity(entityRef<{ note(text: string): void }>("Notes"), "n").call.note("x");
    using lock = await ctx.lock(counter.id("a"), account.id("z"));
    const [first, second] = lock.entities;
    same<ReturnType<typeof second.call.withdraw>, DurableTask<boolean>>();
    first.call.add(1);
    const { entities } = await ctx.lock([account.id("z")], { timeout: "5s" });
    entities[0].call.deposit(1);
    const { winner } = await ctx.any([ctx.lock(account.id("z")), ctx.createTimer("5s")]);
    if (winner.isCompleted) winner.cancel();
  });
});

test("wrong names, inputs and places do not compile", () => {
  compiled(async (ctx) => {
    const { call } = ctx.entity(counter.id("a"));
    // @ts-expect-error an input of another type
    call.add("1");
    // @ts-expect-error a forgotten input
    call.add();
    // @ts-expect-error an input that is not taken
    call.get(1);
    // @ts-expect-error an operation that is not there
    call.sub(1);
    // @ts-expect-error fields are no operations
    ctx.entity(account, "z").call.balance();
    const [first, second] = (await ctx.lock(counter.id("a"), account.id("z"))).entities;
    // @ts-expect-error the first one is the counter
    first.call.deposit(1);
    // @ts-expect-error no signals inside a section
    second.signal.deposit(1);
    // @ts-expect-error a lock must be awaited
    using _early = ctx.lock(account.id("z"));
    // @ts-expect-error a definition without a key names no entity
    void ctx.lock(account);
    // @ts-expect-error nor here
    ctx.entity(account);
    // @ts-expect-error a call has no time
    ctx.entity(account, "z").call.deposit(1, { at: "5s" });
    // @ts-expect-error a number is not a key
    counter.id(1);
    // @ts-expect-error a misspelled option
    entity("X", Account, { timeOut: "1s" });
    // @ts-expect-error a state that comes back from the store as something else
    entity("X", { initialState: () => ({ at: new Date() }), operations: {} });
    class Dated {
      readonly at = new Map<string, string>();
    }
    // @ts-expect-error the same in a class
    entity("X", Dated);
    // @ts-expect-error entities signal, they do not call
    entity("X", { initialState: () => 0, operations: { up: (ctx) => ctx.entity(counter, "a").call.add(1) } });
  });
});

test("a state with dates needs a schema that brings them back", () => {
  const dates: StandardSchemaV1<unknown, { at: Date }> = {
    "~standard": { version: 1, vendor: "test", validate: () => ({ value: { at: new Date() } }) },
  };
  entity("Dates", { initialState: () => ({ at: new Date() }), operations: { touch: (ctx) => ctx.state.at.setTime(0) } }, { state: dates });
});

test("a class with #private fields is refused; private methods, and what only looks like a field, are not", () => {
  class Hidden {
    #secret = 1;
    read(): number {
      return this.#secret;
    }
  }
  class Inherits extends Hidden {}
  for (const one of [Hidden, Inherits]) assert.throws(() => entity("Hidden", one), /#private fields/);
  class Open {
    // #comment = 1;
    text = "{ #text = 1; }";
    #helper(): number {
      return this.text.length;
    }
    read(): number {
      return this.#helper();
    }
  }
  entity("Open", Open);
});

test("what no entity can be is refused with the reason", () => {
  const fits = { initialState: () => 0, operations: { add: () => {} } };
  assert.throws(() => entity("a@b", fits), /contains "@"/);
  assert.throws(() => entity("X", fits, JSON.parse('{"retries":1}')), /retries/);
  assert.throws(() => entity("X", JSON.parse('{"initialState":0,"operations":{}}')), /initialState is not a function/);
  assert.throws(() => entity("X", { ...fits, operations: JSON.parse('{"add":1}') }), /operation "add" is not a function/);
  assert.throws(() => entity("X", { ...fits, operations: { add: () => {}, ADD: () => {} } }), /two operations "ADD"/);
  assert.throws(() => entity("X", (() => 0) as unknown as new () => Account), /no class/);
});

test("a key that no entity can have is refused where it is given", () => {
  for (const key of ["a/b", "x".repeat(256), "..", "\ud800"])
    assert.throws(
      () => counter.id(key),
      (error) => error instanceof PerdureError && error.code === "ENTITY_KEY_INVALID",
    );
  assert.throws(() => counter.id(JSON.parse("7")), /7.*not a string/);
  assert.deepEqual(counter.id(""), { name: "Counter", key: "" });
});

test("entities are registered like other functions, and their names are unique among all", () => {
  const registry = new FunctionRegistry([counter, account]);
  assert.deepEqual(registry.names.entity, ["Counter", "Account"]);
  assert.equal(registry.find("entity", "COUNTER")?.name, "Counter");
  assert.throws(() => new FunctionRegistry([counter, activity("counter", () => 1)]), /counter/);
  assert.throws(() => new FunctionRegistry([entityRef("Elsewhere")]), /reference to entity "Elsewhere" without a handler/);
});
