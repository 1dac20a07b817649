import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { functionKey } from "../../src/model/function-name.ts";
import { entityId } from "../../src/model/ids.ts";
import type { Mode, Stand, StoreKind } from "../testing/stand.ts";
import { broken, keys, openForkStand, ran } from "./fork.testsuite.ts";

interface Case {
  readonly store: StoreKind;
  readonly mode: Mode;
}

interface Ordered {
  readonly guid: string;
  readonly billed: string;
  readonly note: string;
  readonly after: string;
  readonly random: number;
}

export function forkCases(cases: readonly Case[]): void {
  for (const { store, mode } of cases) {
    describe(`fork, ${store}, ${mode}`, { concurrency: 12 }, () => {
      let stand: Stand;
      before(async () => {
        stand = await openForkStand(store, mode);
      });
      after(() => stand.close());
      const idOf = (name: string) => `${name}-${store}-${mode}`.replaceAll(" ", "-");

      /** An order that has ended: its output. */
      const ordered = async (id: string): Promise<Ordered> => {
        await stand.client.startNew("Order", { instanceId: id, input: "a hat", tags: { team: "red" } });
        await stand.until("its first episode is over", async () => (await stand.kinds(id)).some((kind) => kind.startsWith("Task")));
        await stand.client.raiseEvent(id, "Approve", "by Ada");
        await stand.client.raiseEvent(id, "Note", "thanks");
        return (await stand.end(id)).output as Ordered;
      };
      const said = async (id: string) => (await stand.end(id)).output as Ordered;

      test("before a call: what was before it stays, the call runs again, and the original is not touched", async () => {
        const id = idOf("before");
        const original = await ordered(id);
        const fork = await stand.client.fork(id, { at: { before: "Bill" }, events: "keep", reason: "another price" });
        const forked = await said(fork.instanceId);
        assert.deepEqual([forked.guid, forked.billed, forked.note], [original.guid, original.billed, "thanks"]);
        assert.notEqual(forked.after, original.after);
        assert.notEqual(forked.random, original.random);
        assert.deepEqual(ran.of(fork.instanceId), ["Bill a hat for 5 by Ada"]);
        assert.deepEqual(ran.of(id), ["Quote a hat", "Bill a hat for 5 by Ada"]);
        const status = await stand.status(fork.instanceId);
        assert.deepEqual(status.tags, { team: "red", "perdure.forkedFrom": id });
        const mark = (await stand.history(fork.instanceId)).find((event) => event.kind === "ExecutionForked");
        assert.ok(mark?.kind === "ExecutionForked" && mark.from.instanceId === id && mark.reason === "another price");
      });

      test("an edited result: what hangs on it is asked for again, with the new input", async () => {
        const id = idOf("result");
        await ordered(id);
        const end = (await stand.history(id)).length;
        const fork = await stand.client.fork(id, { at: { event: end }, results: { 0: "a hat for 3" }, events: "keep" });
        assert.equal((await said(fork.instanceId)).billed, "billed a hat for 3 by Ada");
        assert.deepEqual(ran.of(fork.instanceId), ["Bill a hat for 3 by Ada"]);
      });

      test("at the end of one that has ended: its last episode runs again, and nothing else", async () => {
        const id = idOf("ended");
        const original = await ordered(id);
        const history = await stand.history(id);
        const fork = await stand.client.fork(id, { at: { event: history.length + 1 } });
        assert.deepEqual({ ...(await said(fork.instanceId)), after: "", random: 0 }, { ...original, after: "", random: 0 });
        assert.deepEqual(ran.of(fork.instanceId), []);
        assert.deepEqual(await stand.history(id), history);
      });

      test("an activity that was told the id of the original does not run again, and what follows is told that of the fork", async () => {
        const id = idOf("told");
        await stand.client.startNew("Named", { instanceId: id });
        await stand.until("the first call is over", async () => (await stand.kinds(id)).includes("TaskCompleted"));
        await stand.client.raiseEvent(id, "Go");
        await stand.expectEnd(id, "Completed", [`${id} for 5`, `billed ${id}`]);
        const fork = await stand.client.fork(id, { at: { before: "Bill" }, events: "keep" });
        await stand.expectEnd(fork.instanceId, "Completed", [`${id} for 5`, `billed ${fork.instanceId}`]);
        assert.deepEqual(ran.of(fork.instanceId), [`Bill ${fork.instanceId}`]);
        const all = (await stand.history(fork.instanceId)).length;
        const second = await stand.client.fork(fork.instanceId, { at: { event: all + 1 } });
        await stand.expectEnd(second.instanceId, "Completed", [`${id} for 5`, `billed ${fork.instanceId}`]);
        assert.deepEqual(ran.of(second.instanceId), []);
      });

      test("another input: the first call is asked for again", async () => {
        const id = idOf("input");
        await ordered(id);
        const fork = await stand.client.fork(id, { at: { checkpoint: 2 }, input: "a coat", events: "keep", instanceId: `${id}-2` });
        assert.equal(fork.instanceId, `${id}-2`);
        assert.equal((await said(fork.instanceId)).billed, "billed a coat for 5 by Ada");
        assert.equal((await stand.status(fork.instanceId)).input, "a coat");
        assert.deepEqual(ran.of(fork.instanceId), ["Quote a coat", "Bill a coat for 5 by Ada"]);
      });

      test("events behind the point are dropped unless they are named", async () => {
        const id = idOf("events");
        await ordered(id);
        const fork = await stand.client.fork(id, { at: { checkpoint: 1 }, events: ["approve"] });
        await stand.until("it waits for the note", async () => ran.of(fork.instanceId).length === 2 || null);
        await stand.client.raiseEvent(fork.instanceId, "Note", "another note");
        assert.equal((await said(fork.instanceId)).note, "another note");
        assert.notEqual(keys.of(`${fork.instanceId}/Quote`)[0], keys.of(`${id}/Quote`)[0], "what a fork runs again has a key of its own");
      });

      test("an id that exists is not taken, whether it runs or has ended: a call that is repeated does nothing twice", async () => {
        const id = idOf("repeated");
        await ordered(id);
        const ask = () => stand.client.fork(id, { at: { before: "Bill" }, events: "keep", instanceId: `${id}-once` });
        await said((await ask()).instanceId);
        const history = await stand.history(`${id}-once`);
        await assert.rejects(ask(), { code: "INSTANCE_EXISTS" });
        await assert.rejects(stand.client.fork(id, { at: { before: "Bill" }, instanceId: id }), { code: "INSTANCE_EXISTS" });
        assert.deepEqual(await stand.history(`${id}-once`), history);
      });

      test("results behind the point stay with completions: keep", async () => {
        const id = idOf("completions");
        await ordered(id);
        const fork = await stand.client.fork(id, { at: { checkpoint: 1 }, events: "keep", completions: "keep" });
        assert.equal((await said(fork.instanceId)).billed, "billed a hat for 5 by Ada");
        assert.deepEqual(ran.of(fork.instanceId), ["Bill a hat for 5 by Ada"]);
      });

      test("from the beginning, and from an event inside an episode, which is its beginning", async () => {
        const id = idOf("beginning");
        const original = await ordered(id);
        const fork = await stand.client.fork(id, { at: { checkpoint: 0 }, events: "keep" });
        const forked = await said(fork.instanceId);
        assert.notEqual(forked.guid, original.guid);
        assert.deepEqual(ran.of(fork.instanceId), ["Quote a hat", "Bill a hat for 5 by Ada"]);
        const scheduled = (await stand.history(id)).findIndex((event) => event.kind === "TaskScheduled" && event.name === "Bill");
        const inside = await stand.client.fork(id, { at: { event: scheduled + 1 }, events: "keep" });
        await stand.end(inside.instanceId);
        assert.deepEqual(ran.of(inside.instanceId), ["Bill a hat for 5 by Ada"]);
      });

      test("a failure stays as recorded, or is replaced", async () => {
        const id = idOf("failure");
        await stand.client.startNew("MayFail", { instanceId: id, input: "x" });
        await stand.expectEnd(id, "Completed", "billed caught refused");
        const same = await stand.client.fork(id, { at: { before: "Bill" } });
        await stand.expectEnd(same.instanceId, "Completed", "billed caught refused");
        const other = await stand.client.fork(id, { at: { before: "Bill" }, results: { 0: "granted" } });
        await stand.expectEnd(other.instanceId, "Completed", "billed granted");
        assert.deepEqual(ran.of(other.instanceId), ["Bill granted"]);
      });

      test("a result for a call that was open at the point, of one that still runs", async () => {
        const id = idOf("open");
        await stand.client.startNew("Order", { instanceId: id, input: "a hat" });
        await stand.until("it waits", async () => (await stand.kinds(id)).includes("TaskCompleted"));
        const fork = await stand.client.fork(id, { at: { checkpoint: 1 }, results: { 0: "nothing for 0" } });
        await stand.client.raiseEvent(fork.instanceId, "Approve", "by me");
        await stand.client.raiseEvent(fork.instanceId, "Note", "");
        assert.equal((await said(fork.instanceId)).billed, "billed nothing for 0 by me");
        await stand.client.terminate(id);
        await stand.end(id);
      });

      test("children that run at the point are children of its own; completed ones stay", async () => {
        const id = idOf("children");
        await stand.client.startNew("Parent", { instanceId: id });
        await stand.untilStatus(`${id}-one`, "Running");
        await stand.client.raiseEvent(`${id}-one`, "Go", "first");
        await stand.until("the first is done", () => ran.of(id).length === 1);
        const fork = await stand.client.fork(id, { at: { before: "Bill" } });
        await stand.until("it has run", () => ran.of(fork.instanceId).length === 1);
        const mark = (await stand.history(fork.instanceId)).find((event) => event.kind === "ExecutionForked");
        const own = mark?.kind === "ExecutionForked" ? (mark.children ?? []) : [];
        assert.deepEqual([own.length, own[0]?.id], [1, 1]);
        const childId = own[0]?.instanceId ?? "";
        assert.equal((await stand.untilStatus(childId, "Running")).parentInstanceId, fork.instanceId);
        await stand.client.raiseEvent(childId, "Go", "of the fork");
        await stand.client.raiseEvent(`${id}-two`, "Go", "of the original");
        await stand.expectEnd(fork.instanceId, "Completed", ["one first", "two of the fork"]);
        await stand.expectEnd(id, "Completed", ["one first", "two of the original"]);
      });

      test("children are replaced by results, whether they had completed or not: none is started, and the forks are found by their origin", async () => {
        const id = idOf("replaced");
        await stand.client.startNew("Parent", { instanceId: id });
        await stand.untilStatus(`${id}-two`, "Running");
        await stand.client.raiseEvent(`${id}-one`, "Go", "first");
        await stand.until("the first is done", () => ran.of(id).length === 1);
        const fork = await stand.client.fork(id, { at: { event: (await stand.history(id)).length + 1 }, results: { 0: "1", 1: "2" } });
        await stand.expectEnd(fork.instanceId, "Completed", ["1", "2"]);
        const mark = (await stand.history(fork.instanceId)).find((event) => event.kind === "ExecutionForked");
        assert.ok(mark?.kind === "ExecutionForked" && (mark.children ?? []).length === 0);
        const forks: string[] = [];
        for await (const { instanceId } of stand.client.query({ tags: { "perdure.forkedFrom": id } })) forks.push(instanceId);
        assert.deepEqual(forks, [fork.instanceId]);
        await stand.client.raiseEvent(`${id}-two`, "Go", "second");
        await stand.expectEnd(id, "Completed", ["one first", "two second"]);
      });

      test("a fork that failed is rewound to before its point: what the original did stays done", async () => {
        const id = idOf("both");
        broken.add(id);
        await stand.client.startNew("Cleans", { instanceId: id, input: id });
        assert.equal((await stand.end(id)).runtimeStatus, "Failed");
        const fork = await stand.client.fork(id, { at: { event: (await stand.history(id)).length } });
        assert.equal((await stand.end(fork.instanceId)).runtimeStatus, "Failed");
        broken.delete(id);
        await stand.client.rewind(fork.instanceId);
        await stand.expectEnd(fork.instanceId, "Completed", id);
        assert.equal(await stand.client.getStatus(`${fork.instanceId}-brief`), null);
        assert.equal((await stand.status(id)).runtimeStatus, "Failed");
        // It can be forked, and that one too.
        const another = await stand.client.fork(fork.instanceId, { at: { before: "Open" } });
        await stand.expectEnd(another.instanceId, "Completed", id);
        assert.equal(await stand.client.getStatus(`${another.instanceId}-brief`), null);
      });

      test("a fork that failed with a sub-orchestration of the original is rewound: another one runs, and that of the original is not touched", async () => {
        const id = idOf("house");
        broken.add(id);
        await stand.client.startNew("House", { instanceId: id, input: id });
        assert.equal((await stand.end(id)).runtimeStatus, "Failed");
        const before = await stand.history(`${id}-door`);
        const fork = await stand.client.fork(id, { at: { event: (await stand.history(id)).length } });
        assert.equal((await stand.end(fork.instanceId)).runtimeStatus, "Failed");
        broken.delete(id);
        await stand.client.rewind(fork.instanceId);
        await stand.expectEnd(fork.instanceId, "Completed", id);
        assert.deepEqual(await stand.history(`${id}-door`), before);
        await stand.client.rewind(id);
        await stand.expectEnd(id, "Completed", id);
      });

      test("a dry run starts nothing, and points and results that are not there are refused", async () => {
        const id = idOf("refused");
        await ordered(id);
        const { client } = stand;
        const { plan, instanceId } = await client.fork(id, { at: { before: "bill" }, dryRun: true });
        assert.deepEqual([plan.activities, plan.droppedEpisodes > 0, await client.getStatus(instanceId)], [[], true, null]);
        for (const at of [{ event: 500 }, { checkpoint: 50 }, { before: "Nothing" }])
          await assert.rejects(client.fork(id, { at }), { code: "FORK_INVALID" });
        await assert.rejects(client.fork(id, { at: { checkpoint: 1 }, results: { 7: 1 } }), {
          code: "FORK_INVALID",
          message: /event id 7/,
        });
        await assert.rejects(client.fork("nobody", { at: { checkpoint: 1 } }), { code: "INSTANCE_NOT_FOUND" });
        for (const options of [
          {},
          { at: 3 },
          { at: { event: 0 } },
          { at: { event: 1, checkpoint: 1 } },
          { at: { checkpoint: 1 }, events: "all" },
        ])
          await assert.rejects(client.fork(id, JSON.parse(JSON.stringify(options))), { code: "OPTION_INVALID" });
        await client.startNew("Kid", { instanceId: `${id}-live`, input: "x" });
        await assert.rejects(client.fork(id, { at: { checkpoint: 1 }, instanceId: `${id}-live` }), { code: "INSTANCE_EXISTS" });
        await client.terminate(`${id}-live`);
        await stand.end(`${id}-live`);
        await assert.rejects(client.fork(id, { at: { checkpoint: 1 }, instanceId: `${id}-live` }), { code: "INSTANCE_EXISTS" });
      });

      test("rewound inside a critical section: the code asks for the lock again", async () => {
        const id = idOf("locks");
        broken.add(id);
        await stand.client.startNew("Locks", { instanceId: id });
        assert.equal((await stand.end(id)).runtimeStatus, "Failed");
        await stand.check();
        broken.delete(id);
        await stand.client.rewind(id);
        await stand.expectEnd(id, "Completed", "done");
        assert.deepEqual(ran.of(id), ["Quote before", "Bill inside", "Bill inside"]);
      });

      test("rewound after an operation of an entity that failed: it is sent again, what was applied stays applied", async () => {
        const id = idOf("calls");
        broken.add(id);
        await stand.client.startNew("Calls", { instanceId: id });
        assert.equal((await stand.end(id)).runtimeStatus, "Failed");
        await stand.check();
        broken.delete(id);
        await stand.client.rewind(id);
        await stand.expectEnd(id, "Completed", "done");
        assert.equal((await stand.store.getInstance(entityId(functionKey("Counter"), id)))?.input, "1");
      });
    });

    test(`an open timer gets the time that was left at the point, or keeps its date, ${store}, ${mode}`, async () => {
      await using stand = await openForkStand(store, mode, true);
      await stand.client.startNew("Waits", { instanceId: "w" });
      await stand.until("it waits", async () => (await stand.kinds("w")).filter((kind) => kind === "TimerCreated").length === 1);
      stand.passTime(500_000);
      const forkedAt = stand.now;
      const left = await stand.client.fork("w", { at: { checkpoint: 2 } });
      assert.ok(Math.abs((left.plan.timers[0]?.fireAt ?? 0) - forkedAt - 600_000) < 5_000);
      const absolute = await stand.client.fork("w", { at: { checkpoint: 2 }, timers: "absolute" });
      assert.deepEqual(absolute.plan.timers, []);
      stand.passTime(200_000);
      await stand.expectEnd("w", "Completed", "too late");
      await stand.expectEnd(absolute.instanceId, "Completed", "too late");
      await stand.client.raiseEvent(left.instanceId, "Go", "in time");
      await stand.expectEnd(left.instanceId, "Completed", "in time");
    });
  }
}
