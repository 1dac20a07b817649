import assert from "node:assert/strict";
import { test } from "node:test";
import { failure, failureIn, idsOf, outputOf } from "../../src/executors/testing/episode-driver.testsuite.ts";
import { begin } from "./probe.testsuite.ts";

const LETTERS = ["a", "b", "c", "d", "e"];

test("ctx.map begins as many items as it may, the next as soon as one settles, and keeps the order of the results", async () => {
  const { driver, functions } = begin((ctx) =>
    ctx.map(LETTERS, (letter, index) => ctx.callActivity("Upper", `${letter}${index}`), { concurrency: 2 }),
  );
  const inputs = (actions: readonly object[]): unknown[] => actions.map((action) => ("input" in action ? action.input : null));
  assert.deepEqual(inputs((await driver.start()).actions), ['"a0"', '"b1"']);
  assert.deepEqual(inputs((await driver.completed(1, "B").episode()).actions), ['"c2"']);
  assert.deepEqual(inputs((await driver.completed(2, "C").evict().episode()).actions), ['"d3"']);
  // Both lanes are free in one episode: in the order of the events.
  assert.deepEqual(inputs((await driver.completed(3, "D").completed(0, "A").episode()).actions), ['"e4"']);
  assert.deepEqual(outputOf((await driver.completed(4, "E").evict().episode()).outcome), ["A", "B", "C", "D", "E"]);
  await driver.assertReplays(functions);
});

test("ctx.map fails as Promise.all does: with the first failure, at once, and begins nothing more", async () => {
  const { driver, functions } = begin(async (ctx) => {
    const caught = await ctx
      .map(LETTERS, (letter) => ctx.callActivity("Upper", letter), { concurrency: 3 })
      .catch((error: unknown) => (error instanceof Error ? error.message : ""));
    await ctx.createTimer("1h");
    return caught;
  });
  await driver.start();
  const failed = await driver.failed(1, failure("no b")).episode();
  assert.deepEqual(idsOf(failed.actions), [3], "the timer alone");
  // What was under way ends as it likes.
  assert.deepEqual((await driver.completed(0, "A").failed(2, failure("no c")).evict().episode()).actions, []);
  assert.match(String(outputOf((await driver.fired(3).episode()).outcome)), /no b/);
  await driver.assertReplays(functions);
});

test("an item of ctx.map may take several steps, be a plain value, or throw before it calls anything", async () => {
  const { driver, functions } = begin((ctx) =>
    ctx.map(
      [1, 2, 3],
      async (n) => {
        if (n === 2) return "two";
        const first = await ctx.callActivity("First", n);
        return [first, await ctx.callActivity("Second", n)];
      },
      { concurrency: 1 },
    ),
  );
  await driver.start();
  await driver.completed(0, "f1").evict().episode();
  await driver.completed(1, "s1").episode();
  await driver.completed(2, "f3").evict().episode();
  assert.deepEqual(outputOf((await driver.completed(3, "s3").episode()).outcome), [["f1", "s1"], "two", ["f3", "s3"]]);
  await driver.assertReplays(functions);

  const thrower = begin((ctx) =>
    ctx.map([1, 2], (n) => {
      throw new RangeError(`item ${n}`);
    }),
  );
  const { message } = failureIn((await thrower.driver.start()).outcome);
  assert.match(message, /item 1/);
});

test("ctx.map of nothing is an empty list, and one without a limit begins everything", async () => {
  const { driver } = begin(async (ctx) => {
    const none = await ctx.map([], () => ctx.callActivity("Never"), { concurrency: 3 });
    void ctx.map(LETTERS, (letter) => ctx.callActivity("Upper", letter));
    return none;
  });
  const { actions, outcome } = await driver.start();
  assert.deepEqual(outputOf(outcome), []);
  assert.equal(actions.length, LETTERS.length);
});

test("ctx.map refuses at the call what it cannot use", async () => {
  const refused = async (...given: readonly unknown[]): Promise<string> => {
    const { driver } = begin((ctx) => Reflect.apply(ctx.map, ctx, given));
    return failureIn((await driver.start()).outcome).message;
  };
  const each = (): number => 1;
  assert.match(await refused("abc", each), /ctx\.map.*a list of items/);
  assert.match(await refused([1], 5), /ctx\.map.*a function/);
  for (const concurrency of [0, -1, 1.5, "5", Number.NaN, null])
    assert.match(await refused([1], each, { concurrency }), /ctx\.map: option "concurrency" is .*a whole number, at least 1/);
  assert.match(await refused([1], each, { concurrent: 5 }), /"concurrent".*concurrency/s);
});
