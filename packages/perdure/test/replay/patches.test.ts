import assert from "node:assert/strict";
import { test } from "node:test";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { EpisodeDriver, outputOf } from "../../src/executors/testing/episode-driver.testsuite.ts";
import type { OrchestratorContext } from "../../src/functions/context-types.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";

type Code = (ctx: OrchestratorContext<void>) => Promise<unknown>;

/** An instance whose code is replaced while it runs: each deploy drops the cursor, so that the new code replays the whole history. */
function deployable(first: Code) {
  let code = first;
  const flow = orchestrator("Flow", (ctx): Promise<unknown> => code(ctx) as Promise<never>);
  const driver = new EpisodeDriver(createNativeExecutor({ functions: new FunctionRegistry([flow]) }), { name: "Flow" });
  return {
    driver,
    deploy(next: Code) {
      code = next;
      driver.evict();
    },
    /** What the next episode asks for, once that call is completed. */
    async asked(completed?: number): Promise<readonly string[]> {
      if (completed !== undefined) driver.completed(completed);
      return (await driver.episode()).actions.map((action) => ("name" in action ? action.name : action.kind));
    },
  };
}

const marks = ({ driver }: ReturnType<typeof deployable>) =>
  driver.history.flatMap((event) => (event.kind === "PatchMarked" ? [event.patch] : []));

const OLD: Code = async (ctx) => {
  await ctx.callActivity("One");
  await ctx.callActivity("Bill");
  return ctx.callActivity("End");
};
const PATCHED: Code = async (ctx) => {
  await ctx.callActivity("One");
  await ctx.callActivity(ctx.patched("charge") ? "Charge" : "Bill");
  return ctx.callActivity("End");
};
const WITHOUT: Code = async (ctx) => {
  await ctx.callActivity("One");
  await ctx.callActivity("Charge");
  return ctx.callActivity("End");
};

test("an instance that had passed the place keeps the old code, in every replay", async () => {
  const flow = deployable(OLD);
  await flow.driver.start();
  assert.deepEqual(await flow.asked(0), ["Bill"]);
  flow.deploy(PATCHED);
  assert.deepEqual(await flow.asked(1), ["End"]);
  flow.deploy(PATCHED);
  assert.equal(outputOf((await flow.driver.completed(2, "ended").episode()).outcome), "ended");
  assert.deepEqual(marks(flow), []);
});

test("an instance that had not is given the new code; the mark has no number, and the call can be deleted", async () => {
  const flow = deployable(OLD);
  await flow.driver.start();
  flow.deploy(PATCHED);
  assert.deepEqual(await flow.asked(0), ["markPatch", "Charge"]);
  assert.deepEqual(marks(flow), ["charge"]);
  assert.equal(
    flow.driver.history.find((event) => event.kind === "TaskScheduled" && event.name === "Charge" && event.id === 1)?.kind,
    "TaskScheduled",
  );
  flow.deploy(PATCHED);
  assert.deepEqual(await flow.asked(1), ["End"]);
  flow.deploy(WITHOUT);
  assert.equal(outputOf((await flow.driver.completed(2, "ended").episode()).outcome), "ended");
});

test("while the cursor lives, nothing is marked twice, and all places of the code agree", async () => {
  const flow = deployable(async (ctx) => {
    const seen = [ctx.patched("a"), ctx.patched("a")];
    await ctx.callActivity("One");
    return [...seen, ctx.patched("a")];
  });
  assert.deepEqual(await flow.asked(), ["markPatch", "One"]);
  assert.deepEqual(outputOf((await flow.driver.completed(0).episode()).outcome), [true, true, true]);
  assert.deepEqual(marks(flow), ["a"]);
});

test("false in one place is false in all places that come later, also live", async () => {
  const flow = deployable(OLD);
  await flow.driver.start();
  await flow.driver.completed(0).episode();
  const twice: Code = async (ctx) => {
    await ctx.callActivity("One");
    await ctx.callActivity(ctx.patched("charge") ? "Charge" : "Bill");
    return ctx.patched("charge");
  };
  flow.deploy(twice);
  assert.equal(outputOf((await flow.driver.completed(1).episode()).outcome), false);
  assert.deepEqual(marks(flow), []);
});

const loop =
  (body: (ctx: OrchestratorContext<void>) => string): Code =>
  async (ctx) => {
    for (;;) await ctx.callActivity(body(ctx));
  };

test("a loop that began without the patch stays without it, unless it may turn: then it is half old and half new", async () => {
  for (const mayTurn of [false, true]) {
    const flow = deployable(loop(() => "Old"));
    await flow.driver.start();
    await flow.driver.completed(0).episode();
    const patched = loop((ctx) => (ctx.patched("faster", { mayTurn }) ? "New" : "Old"));
    flow.deploy(patched);
    const rounds: (readonly string[])[] = [];
    for (let id = 1; id < 5; id++) {
      rounds.push(await flow.asked(id));
      flow.deploy(patched);
    }
    const turned = [["markPatch", "New"], ["New"], ["New"], ["New"]];
    assert.deepEqual(rounds, mayTurn ? turned : [["Old"], ["Old"], ["Old"], ["Old"]]);
  }
});

test("a loop that runs on the new code from its beginning no longer needs the call", async () => {
  const flow = deployable(loop((ctx) => (ctx.patched("faster") ? "New" : "Old")));
  assert.deepEqual(await flow.asked(), ["markPatch", "New"]);
  await flow.driver.completed(0).episode();
  flow.deploy(loop(() => "New"));
  assert.deepEqual(await flow.asked(1), ["New"]);
});

test("two adjacent patches, changed and removed at once, in any order", async () => {
  const both: Code = async (ctx) => {
    await ctx.callActivity(ctx.patched("first") ? "A2" : "A");
    await ctx.callActivity(ctx.patched("second") ? "B2" : "B");
    return ctx.callActivity("End");
  };
  const adjacent: Code = async (ctx) => {
    const [second, first] = [ctx.patched("second"), ctx.patched("first")];
    await ctx.callActivity(first ? "A2" : "A");
    await ctx.callActivity(second ? "B2" : "B");
    return ctx.callActivity("End");
  };
  const removed: Code = async (ctx) => {
    await ctx.callActivity("A2");
    await ctx.callActivity("B2");
    return ctx.callActivity("End");
  };
  for (const later of [adjacent, removed]) {
    const flow = deployable(adjacent);
    assert.deepEqual(await flow.asked(), ["markPatch", "markPatch", "A2"]);
    flow.deploy(later);
    assert.deepEqual(await flow.asked(0), ["B2"]);
    flow.deploy(both);
    assert.deepEqual(await flow.asked(1), ["End"]);
    flow.deploy(removed);
    assert.equal(outputOf((await flow.driver.completed(2, 7).episode()).outcome), 7);
  }
});

test("code that asked live and went another way than its mark says is found", async () => {
  const flow = deployable(PATCHED);
  await flow.driver.start();
  await flow.driver.completed(0).episode();
  flow.deploy(OLD);
  assert.match(
    await flow.driver.completed(1).stops("NON_DETERMINISM"),
    /asked for activity "Bill" as action 1 at \S+patches\.test\.ts:\d+, where its history has activity "Charge"/,
  );
});

test("a bad id or option of ctx.patched is named", async () => {
  const flow = deployable(async (ctx) => {
    const problems: unknown[] = [];
    const calls = [() => ctx.patched(""), () => ctx.patched(7 as never), () => ctx.patched("a", { mayturn: true } as never)];
    for (const call of calls) {
      try {
        call();
      } catch (error) {
        problems.push((error as Error).message);
      }
    }
    return problems;
  });
  const found = outputOf((await flow.driver.start()).outcome) as readonly string[];
  assert.match(found[0] ?? "", /ctx\.patched: the id "" cannot be used: it is empty/);
  assert.match(found[1] ?? "", /the id 7 cannot be used: it is not a string/);
  assert.match(found[2] ?? "", /mayturn/);
});

test("a call that has moved to a later episode finds its mark, and records no second one", async () => {
  const flow = deployable(async (ctx) => {
    ctx.patched("charge");
    await ctx.callActivity("One");
    return ctx.callActivity("Charge");
  });
  await flow.driver.start();
  flow.deploy(PATCHED);
  assert.deepEqual(await flow.asked(0), ["Charge"]);
  assert.deepEqual(marks(flow), ["charge"]);
});
