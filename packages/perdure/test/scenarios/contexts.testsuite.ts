import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { activity, externalEvent, orchestrator } from "perdure";
import type { Scenario, Suite } from "../matrix.ts";
import { Notes } from "../testing/notes.ts";

const notes = new Notes();
const caller = new AsyncLocalStorage<string>();
const see = (id: string, where: string) => notes.add(id, `${where}: ${caller.getStore() ?? "none"}`);

/** A schema that sees who asks; its values are instance ids. */
const watchful = (where: string): StandardSchemaV1<string, string> => ({
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => {
      const id = `${value}`;
      see(id, where);
      return { value: id };
    },
  },
});

const go = externalEvent("Go", watchful("schema of the event"));
const work = activity("work", { input: watchful("schema of the activity") }, async (id, ctx) => {
  see(id, "activity");
  await caller.run("the activity's own", async () => {
    ctx.heartbeat(1);
    await sleep(1);
  });
  see(id, "activity later");
  if (ctx.attempt === 1) throw new Error("again");
});
const inner = orchestrator("inner", async (ctx, id: string) => {
  see(id, "child");
  await ctx.createTimer("5ms");
  see(id, "child later");
});
const outer = orchestrator("outer", { input: watchful("schema of the input") }, async (ctx, id): Promise<string> => {
  see(id, "orchestrator");
  const handle = () => {
    see(id, "handle");
    return true;
  };
  await ctx.callActivity(work, id, { retry: { maxAttempts: 2, firstInterval: "5ms", handle } });
  see(id, "after the activity");
  await ctx.callSubOrchestrator(inner, id);
  see(id, "after the child");
  await ctx.waitForExternalEvent(go);
  see(id, "after the event");
  await ctx.createTimer("5ms");
  see(id, "after the timer");
  return id;
});
const listens = activity("listens", async (id: string, ctx) => {
  notes.add(id, "began");
  await new Promise<void>((resolve) => {
    ctx.signal.addEventListener("abort", () => {
      see(id, "signal");
      resolve();
    });
  });
});
const ends = orchestrator("ends", (ctx, id: string) => ctx.callActivity(listens, id));

const PLACES = [
  ...["schema of the input", "orchestrator", "schema of the activity", "activity", "activity later", "handle", "after the activity"],
  ...["child", "child later", "after the child", "schema of the event", "after the event", "after the timer"],
];

const scenarios: readonly Scenario[] = [
  {
    title: "no function sees the async context of a caller, its own or another's",
    async run(stand, id) {
      const callers = ["Ada", "Bob", "Cy"];
      await Promise.all(
        callers.map((who) => caller.run(who, () => stand.client.startNew(outer, { instanceId: `${id}-${who}`, input: `${id}-${who}` }))),
      );
      for (const who of callers.toReversed())
        await caller.run(`${who} later`, () => stand.client.raiseEvent(`${id}-${who}`, go.name, `${id}-${who}`));
      for (const who of callers) {
        await stand.expectEnd(`${id}-${who}`, "Completed", `${id}-${who}`);
        const seen = new Set(notes.of(`${id}-${who}`));
        assert.deepEqual([...seen].toSorted(), PLACES.map((place) => `${place}: none`).toSorted());
      }
    },
  },
  {
    title: "the signal of an activity fires in no caller's async context",
    async run(stand, id) {
      const run = await stand.client.startNew(ends, { instanceId: id, input: id });
      await stand.until("the activity runs", () => notes.of(id).includes("began"));
      await caller.run("Ada", () => run.terminate());
      await stand.until("the signal fires", () => notes.of(id).includes("signal: none"));
    },
  },
];

export const contextSuite: Suite = { name: "async contexts", functions: [work, inner, outer, listens, ends], scenarios };
