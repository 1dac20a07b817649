import assert from "node:assert/strict";
import { activity, orchestrator, SubOrchestrationFailedError } from "perdure";
import type { Scenario, Suite } from "../matrix.ts";
import { Notes } from "../testing/notes.ts";

const notes = new Notes();
const note = activity("note", (what: string, ctx) => {
  notes.add(what, ctx.instanceId);
  return notes.of(what).length;
});

const child = orchestrator("child", async (ctx, n: number) => {
  if (n < 0) throw new RangeError(`negative: ${n}`);
  await ctx.createTimer("1ms");
  return { n, id: ctx.instanceId, parent: ctx.parentInstanceId };
});
const calls = orchestrator("calls", async (ctx) => {
  const [a, b] = await Promise.all([
    ctx.callSubOrchestrator(child, 1),
    ctx.callSubOrchestrator(child, 2, { instanceId: `${ctx.instanceId}-own` }),
  ]);
  return { a, b };
});
const catches = orchestrator("catches", (ctx) =>
  ctx.callSubOrchestrator(child, -1).then(
    () => null,
    (error: unknown) =>
      error instanceof SubOrchestrationFailedError
        ? {
            message: error.message,
            type: error.failure.errorType,
            inner: error.failure.message,
            id: error.instanceId,
            orchestrator: error.orchestrator,
          }
        : String(error),
  ),
);

const unlucky = orchestrator("unlucky", async (ctx, what: string) => {
  if ((await ctx.callActivity(note, what)) < 3) throw new Error("not yet");
  return ctx.instanceId;
});
const retriesChild = orchestrator("retriesChild", (ctx) =>
  ctx.callSubOrchestrator(unlucky, `${ctx.instanceId} tries`, {
    instanceId: `${ctx.instanceId}-kid`,
    retry: { maxAttempts: 4, firstInterval: "10ms" },
  }),
);

const quick = orchestrator("quick", (_, n: number) => n);
const repeats = orchestrator("repeats", async (ctx, times: number) => {
  const instanceId = `${ctx.instanceId}-kid`;
  const got: number[] = [];
  while (got.length < times) got.push(await ctx.callSubOrchestrator(quick, got.length, { instanceId }));
  ctx.startOrchestration(quick, times, { instanceId });
  return got;
});

const sleeper = orchestrator("sleeper", (ctx) => ctx.waitForExternalEvent<string>("Wake"));
const conflicts = orchestrator("conflicts", async (ctx, id: string) =>
  ctx.callSubOrchestrator(sleeper, undefined, { instanceId: id }).catch((error: SubOrchestrationFailedError) => error.failure.errorType),
);
const ownId = orchestrator("ownId", (ctx) => {
  try {
    void ctx.callSubOrchestrator(child, 1, { instanceId: ctx.instanceId });
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
});

const strays = orchestrator("strays", (ctx) =>
  ctx.startOrchestration(child, 7, { instanceId: `${ctx.instanceId}-stray`, tags: { color: "red" }, version: "3" }),
);
const guids = orchestrator("guids", async (ctx) => [ctx.startOrchestration(child, 8), (await ctx.callSubOrchestrator(child, 9)).id]);

const family = orchestrator("family", async (ctx, depth: number): Promise<void> => {
  const id = `${ctx.instanceId}.${depth}`;
  if (depth === 0) await ctx.callSubOrchestrator(sleeper, undefined, { instanceId: id });
  else await ctx.callSubOrchestrator("family", depth - 1, { instanceId: id });
});
const tagged = orchestrator("tagged", async (ctx) => {
  await ctx.callSubOrchestrator(child, 1, { instanceId: `${ctx.instanceId}-t`, tags: { b: "child", c: "own" } });
});

const scenarios: readonly Scenario[] = [
  {
    title: "a sub-orchestration has an id of its own or a given one, knows its parent, and gives its result",
    async run(stand, id) {
      await stand.client.startNew(calls, { instanceId: id });
      const output = (await stand.end(id)).output as {
        a: { id: string; parent: string; n: number };
        b: { id: string; parent: string; n: number };
      };
      assert.deepEqual(output.b, { n: 2, id: `${id}-own`, parent: id });
      assert.equal(output.a.parent, id);
      assert.notEqual(output.a.id, output.b.id);
      assert.equal((await stand.status(`${id}-own`)).parentInstanceId, id);
    },
  },
  {
    title: "a failed sub-orchestration fails its call with the real failure",
    async run(stand, id) {
      await stand.client.startNew(catches, { instanceId: id });
      const { message, type, inner, id: childId, orchestrator: name } = (await stand.end(id)).output as Record<string, string>;
      assert.deepEqual({ type, inner, name }, { type: "RangeError", inner: "negative: -1", name: "child" });
      assert.match(message ?? "", /^Sub-orchestration "child" \(.+\) failed: negative: -1$/);
      assert.equal((await stand.status(childId ?? "")).runtimeStatus, "Failed");
    },
  },
  {
    title: "a retried sub-orchestration with an id of its own replaces its failed run",
    async run(stand, id) {
      await stand.client.startNew(retriesChild, { instanceId: id });
      await stand.expectEnd(id, "Completed", `${id}-kid`);
      assert.equal(notes.of(`${id} tries`).length, 3);
      assert.equal((await stand.history(id)).filter((event) => event.kind === "SubOrchestrationInstanceCreated").length, 3);
    },
  },
  {
    title: "a sub-orchestration is called again under its id as soon as it has ended",
    async run(stand, id) {
      await stand.client.startNew(repeats, { instanceId: id, input: 10 });
      await stand.expectEnd(id, "Completed", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      await stand.until("the last run has ended", async () => (await stand.client.getStatus(`${id}-kid`))?.output === 10);
    },
  },
  {
    title: "a call with the id of a live instance fails, and leaves that one alone",
    async run(stand, id) {
      const other = await stand.client.startNew(sleeper, { instanceId: `${id}-live` });
      await stand.client.startNew(conflicts, { instanceId: id, input: `${id}-live` });
      await stand.expectEnd(id, "Completed", "InstanceExistsError");
      await other.raiseEvent("Wake", "slept well");
      await stand.expectEnd(`${id}-live`, "Completed", "slept well");
    },
  },
  {
    title: "an orchestration cannot be its own child",
    async run(stand, id) {
      await stand.client.startNew(ownId, { instanceId: id });
      const { output } = await stand.end(id);
      assert.match(String(output), /cannot be used for another orchestration/);
    },
  },
  {
    title: "fire and forget: no wait, the child outlives its parent",
    async run(stand, id) {
      await stand.client.startNew(strays, { instanceId: id });
      await stand.expectEnd(id, "Completed", `${id}-stray`);
      await stand.expectEnd(`${id}-stray`, "Completed", { n: 7, id: `${id}-stray`, parent: null });
      const { tags, version } = await stand.status(`${id}-stray`);
      assert.deepEqual({ tags, version }, { tags: { color: "red" }, version: "3" });
    },
  },
  {
    title: "children without a given id get one, and run",
    async run(stand, id) {
      await stand.client.startNew(guids, { instanceId: id });
      const [stray = "", called = ""] = (await stand.end(id)).output as string[];
      assert.notEqual(stray, called);
      await stand.expectEnd(stray, "Completed", { n: 8, id: stray, parent: null });
    },
  },
  {
    title: "terminate leaves children alone, with recursive it takes them all",
    async run(stand, id) {
      for (const recursive of [true, false]) {
        const root = `${id}-${recursive}`;
        const leaf = `${root}.2.1.0`;
        const run = await stand.client.startNew(family, { instanceId: root, input: 2 });
        await stand.untilStatus(leaf, "Running");
        await run.terminate({ reason: "enough", recursive });
        await stand.expectEnd(root, "Terminated", "enough");
        if (recursive) {
          await stand.expectEnd(leaf, "Terminated", "enough");
          await stand.expectEnd(`${root}.2`, "Terminated", "enough");
        } else {
          assert.equal((await stand.status(leaf)).runtimeStatus, "Running");
          await stand.client.raiseEvent(leaf, "Wake", "orphan");
          await stand.expectEnd(leaf, "Completed", "orphan");
          await stand.expectEnd(`${root}.2`, "Completed", undefined);
        }
      }
    },
  },
  {
    title: "children inherit tags, and their own win",
    async run(stand, id) {
      await stand.client.startNew(tagged, { instanceId: id, tags: { a: "root", b: "root" } });
      await stand.end(id);
      assert.deepEqual((await stand.status(`${id}-t`)).tags, { a: "root", b: "child", c: "own" });
    },
  },
];

export const childSuite: Suite = {
  name: "sub-orchestrations",
  functions: [note, child, calls, catches, unlucky, retriesChild, quick, repeats, sleeper, conflicts, ownId, strays, guids, family, tagged],
  scenarios,
};
