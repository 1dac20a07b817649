import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { AuditLine } from "perdure";
import { activity, entity, orchestrator } from "perdure";
import type { Stand, StoreKind } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

const broken = new Set<string>();
const step = activity("Step", (id: string) => {
  if (broken.has(id)) throw new Error("broken");
  return "done";
});
const works = orchestrator("Works", async (ctx) => ctx.callActivity(step, ctx.instanceId));
const waits = orchestrator("Waits", async (ctx, input?: unknown) => [input, await ctx.waitForExternalEvent("Go")]);
const loops = orchestrator("Loops", async (ctx, round: number) => {
  await ctx.callActivity(step, "loop");
  return round < 5 ? ctx.continueAsNew(round + 1) : round;
});
const parent = orchestrator("Parent", async (ctx) => ctx.callSubOrchestrator(works, undefined, { instanceId: `${ctx.instanceId}-child` }));
const counter = entity("Counter", {
  initialState: () => 0,
  operations: {
    add: (ctx, n: number) => {
      ctx.state += n;
    },
  },
});

/** No worker has its code: the first operation stops it. */
const nowhere = entity("Nowhere", { initialState: () => 0, operations: { lost: () => {} } });
const speaks = orchestrator("Speaks", async (ctx, key: string) => ctx.entity(nowhere, key).signal.lost());

const HERE = /^.+:\d+$/;

/** Who did what to which instance, when and why, through the client of a program. */
export function auditSuite(store: StoreKind): void {
  describe(`audit, ${store}`, () => {
    let stand: Stand;
    before(async () => {
      stand = await openStand({ store, functions: [step, works, waits, loops, parent, counter, speaks] });
      // The last test needs its entity stopped, which takes seconds.
      await stand.client.startNew("Speaks", { instanceId: "speaks", input: "one" });
    });
    after(() => stand.close());

    const linesOf = (id: string) => Array.fromAsync(stand.client.audit(id));
    const whats = async (id: string) => (await linesOf(id)).map(({ what }) => what);
    const completed = async (id: string) => {
      await stand.client.startNew("Works", { instanceId: id });
      await stand.expectEnd(id, "Completed", "done");
    };
    const failed = async (id: string) => {
      broken.add(id);
      await stand.client.startNew("Works", { instanceId: id });
      assert.equal((await stand.end(id)).runtimeStatus, "Failed");
      broken.delete(id);
    };
    /** The only line, which this process left just now. */
    const onlyLine = async (id: string, run: Partial<AuditLine["run"]>): Promise<AuditLine> => {
      const [line, ...more] = await linesOf(id);
      assert.ok(line !== undefined && more.length === 0, `lines of "${id}": ${[line, ...more].map((one) => one?.what)}`);
      assert.match(line.by ?? "", HERE);
      assert.deepEqual([line.instanceId, line.count, line.firstTime], [id, 1, line.time]);
      assert.ok(Math.abs(line.time.getTime() - Date.now()) < 60_000);
      for (const [field, value] of Object.entries(run)) assert.deepEqual(line.run[field as keyof AuditLine["run"]], value, field);
      return line;
    };

    test("a rewind says who, when and why, and how the run had ended", async () => {
      await failed("rewound");
      const { createdTime, lastUpdatedTime } = await stand.status("rewound");
      const { length } = await stand.history("rewound");
      await stand.client.rewind("rewound", { reason: "the key was replaced" });
      await stand.expectEnd("rewound", "Completed", "done");
      const expected = { name: "Works", runtimeStatus: "Failed", createdTime, historyEvents: length } as const;
      const { what, reason, from, run, time } = await onlyLine("rewound", expected);
      assert.ok(run.endedTime !== null && run.endedTime >= lastUpdatedTime && run.endedTime <= time);
      assert.deepEqual([what, reason, from], ["rewind", "the key was replaced", null]);
    });

    test("each rewind of a tree, and of a filter, has a line of its own", async () => {
      broken.add("tree-child");
      await stand.client.startNew("Parent", { instanceId: "tree" });
      assert.equal((await stand.end("tree")).runtimeStatus, "Failed");
      broken.delete("tree-child");
      for await (const _ of stand.client.rewindBy({ instanceIdPrefix: "tree" }, { rate: 1_000, reason: "again" }));
      await stand.expectEnd("tree", "Completed", "done");
      for (const id of ["tree", "tree-child"]) assert.equal((await onlyLine(id, { runtimeStatus: "Failed" })).reason, "again");
    });

    test("a restart is a line of the new run, or of the one in whose place it is", async () => {
      await completed("first");
      const again = await stand.client.restart("first", { instanceId: "again", reason: "a test" });
      const { what, reason, from } = await onlyLine("again", { runtimeStatus: "Pending", endedTime: null, historyEvents: 0 });
      assert.deepEqual([what, reason, from?.instanceId], ["restart", "a test", "first"]);
      assert.deepEqual(await linesOf("first"), []);
      await again.result();
      await stand.client.restart("first", { instanceId: "same" });
      const own = await onlyLine("first", { runtimeStatus: "Completed" });
      assert.deepEqual([own.what, own.from], ["restart", { instanceId: "first", executionId: own.run.executionId }]);
      await stand.expectEnd("first", "Completed", "done");
      const options = { rate: 1_000, instanceId: "same", reason: "both" } as const;
      for await (const _ of stand.client.restartBy({ instanceIdPrefix: "again" }, options));
      assert.equal((await linesOf("again"))[0]?.reason, "both");
    });

    test("a fork is a line of the new run, with the reason and what it was made from", async () => {
      await completed("origin");
      await stand.client.fork("origin", { at: { checkpoint: 1 }, instanceId: "forked", reason: "what if" });
      const line = await onlyLine("forked", { name: "Works", runtimeStatus: "Running", endedTime: null });
      assert.deepEqual([line.what, line.reason, line.from?.instanceId], ["fork", "what if", "origin"]);
      assert.deepEqual(await linesOf("origin"), []);
      await stand.expectEnd("forked", "Completed", "done");
    });

    test("a purge leaves what the run was, by its id, by a filter, and with its children", async () => {
      for (const id of ["gone", "filter-1", "filter-2"]) await completed(id);
      await stand.client.startNew("Parent", { instanceId: "family" });
      await stand.expectEnd("family", "Completed", "done");
      const { length } = await stand.history("gone");
      assert.equal(await stand.client.purge("gone"), true);
      assert.equal(await stand.client.purge("gone"), false);
      assert.equal(await stand.client.purgeBy({ instanceIdPrefix: "filter-", reason: "all of these" }), 2);
      assert.equal(await stand.client.purge("family", { recursive: true, reason: "the whole \u0000 family" }), true);
      assert.equal((await onlyLine("gone", { runtimeStatus: "Completed", historyEvents: length })).what, "purge");
      for (const id of ["filter-1", "filter-2", "family", "family-child"])
        assert.equal((await onlyLine(id, { runtimeStatus: "Completed" })).what, "purge");
      assert.equal((await onlyLine("gone", {})).reason, null);
      for (const id of ["filter-1", "filter-2"]) assert.equal((await onlyLine(id, {})).reason, "all of these");
      for (const id of ["family", "family-child"]) assert.match((await onlyLine(id, {})).reason ?? "", /^the whole . family$/s);
    });

    test("a start in the place of a run that has ended, or that it ends, is a line of that run", async () => {
      await completed("place");
      await completed("place");
      assert.deepEqual(await whats("place"), ["replace"]);
      await stand.client.startNew("Waits", { instanceId: "live" });
      await stand.untilStatus("live", "Running");
      const next = await stand.client.startNew("Works", { instanceId: "live", onExisting: "replace" });
      assert.equal(await next.result(), "done");
      const [line, ...more] = await linesOf("live");
      assert.deepEqual([line?.what, line?.run.name, line?.run.runtimeStatus, more], ["replace", "Waits", "Terminated", []]);
    });

    test("continue-as-new is one line, however often", async () => {
      await stand.client.startNew("Loops", { instanceId: "loop", input: 0 });
      await stand.expectEnd("loop", "Completed", 5);
      const [line, ...more] = await linesOf("loop");
      assert.deepEqual([line?.what, line?.count, line?.run.name, line?.by, more], ["continueAsNew", 5, "Loops", null, []]);
      assert.ok(line !== undefined && line.firstTime <= line.time);
    });

    test("what is refused leaves no line, nor does a dry run, nor ordinary work", async () => {
      const { client } = stand;
      await completed("done");
      await client.startNew("Waits", { instanceId: "waits", input: 1 });
      await client.suspend("waits", "for a moment");
      await client.resume("waits");
      await client.entity(counter, "one").signal.add(1);
      for (const doing of [
        () => client.rewind("done"),
        () => client.restart("waits", { instanceId: "same" }),
        () => client.fork("done", { at: { event: 500 } }),
        () => client.fork("done", { at: { checkpoint: 1 }, instanceId: "waits" }),
        () => client.startNew("Waits", { instanceId: "waits" }),
        () => client.purge("waits"),
      ])
        await assert.rejects(doing());
      await client.fork("done", { at: { checkpoint: 1 }, dryRun: true });
      await client.purgeBy({ instanceIdPrefix: "done", dryRun: true });
      await failed("dry");
      await client.rewind("dry", { dryRun: true });
      await client.terminate("waits", { reason: "enough" });
      await stand.end("waits");
      for (const id of ["done", "waits", "dry"]) assert.deepEqual(await linesOf(id), [], id);
    });

    test("all lines, the newest first, over many pages", async () => {
      await Promise.all(Array.from({ length: 130 }, (_, at) => completed(`many-${at}`)));
      assert.equal(await stand.client.purgeBy({ instanceIdPrefix: "many-" }), 130);
      const all = await Array.fromAsync(stand.client.audit());
      const many = all.slice(0, 130).map(({ instanceId, what }) => `${what} ${instanceId}`);
      assert.equal(new Set(many).size, 130);
      assert.ok(many.every((line) => line.startsWith("purge many-")));
      assert.ok(all.length > 140);
      assert.deepEqual(await linesOf("nobody"), []);
    });

    test("an operation that was skipped is a line of its entity, and so is a purge of the entity", async () => {
      const stopped = stand.client.entity(nowhere, "one");
      await stand.until("it is stopped", async () => (await stopped.info())?.stopped != null);
      const skipped = { operation: "lost", isSignal: true, sender: "speaks" };
      assert.deepEqual(await stopped.skip({ reason: "it went away" }), skipped);
      await stand.until("it is skipped", async () => (await whats(stopped.id)).length > 0);
      const line = await onlyLine(stopped.id, { name: "nowhere", endedTime: null });
      assert.deepEqual([line.what, line.skipped, line.reason, line.from], ["skip", skipped, "it went away", null]);
      await assert.rejects(stopped.skip(), { code: "ENTITY_NOTHING_TO_SKIP" });
      assert.equal(await stopped.purge({ reason: "of no use" }), true);
      await stand.until("it is purged", async () => (await whats(stopped.id)).length === 2);
      assert.deepEqual(
        (await linesOf(stopped.id)).map(({ what, reason }) => [what, reason]),
        [
          ["purge", "of no use"],
          ["skip", "it went away"],
        ],
      );
    });
  });
}
