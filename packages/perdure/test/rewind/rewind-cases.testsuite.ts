import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RewindByOptions } from "perdure";
import type { Mode, Stand, StoreKind } from "../testing/stand.ts";
import { broken, code, failThenRewind, keys, openRewindStand, ran } from "./rewind.testsuite.ts";

interface Case {
  readonly store: StoreKind;
  readonly mode: Mode;
}

export function rewindCases(cases: readonly Case[]): void {
  for (const { store, mode } of cases) {
    describe(`rewind, ${store}, ${mode}`, { concurrency: 12 }, () => {
      let stand: Stand;
      before(async () => {
        stand = await openRewindStand(store, mode);
      });
      after(() => stand.close());
      const idOf = (name: string) => `${name}-${store}-${mode}`.replaceAll(" ", "-");
      const failed = async (id: string) => assert.equal((await stand.end(id)).runtimeStatus, "Failed");

      test("what has completed stays, what ended it runs again, and the key of a call survives", async () => {
        const id = idOf("sequence");
        await failThenRewind(stand, "sequence", id, ["B"]);
        const { runtimeStatus, output } = await stand.end(id);
        assert.equal(runtimeStatus, "Completed");
        const [first, second, guid, random, last] = output as unknown[];
        assert.deepEqual([first, second, typeof random], ["A done", "B done", "number"]);
        assert.notEqual(guid, last);
        assert.deepEqual(ran.of(id), ["A", "B", "B"]);
        assert.equal(new Set(keys.of(`${id}/B`)).size, 1);
        const kinds = await stand.kinds(id);
        assert.equal(kinds.filter((kind) => kind === "ExecutionRewound").length, 1);
        assert.ok(!kinds.includes("TaskFailed"));
      });

      test("twice the same fault, two rewinds: each takes one out", async () => {
        const id = idOf("twice");
        broken.add(`${id}/B`);
        await stand.client.startNew("sequence", { instanceId: id });
        await failed(id);
        await stand.client.rewind(id, { reason: "one" });
        await stand.until("it has failed again", async () => {
          const status = await stand.client.getStatus(id);
          return status?.runtimeStatus === "Failed" && ran.of(id).length === 3;
        });
        broken.delete(`${id}/B`);
        await stand.client.rewind(id, { reason: "two" });
        assert.equal((await stand.end(id)).runtimeStatus, "Completed");
        assert.deepEqual(ran.of(id), ["A", "B", "B", "B"]);
        assert.equal(new Set(keys.of(`${id}/B`)).size, 1);
        const marks = (await stand.history(id)).flatMap((event) => (event.kind === "ExecutionRewound" ? [event.reason] : []));
        assert.deepEqual(marks, ["one", "two"]);
      });

      test("of eight chains only the one that failed runs again", async () => {
        const id = idOf("chains");
        await failThenRewind(stand, "chains", id, ["second 3"]);
        await stand.expectEnd(id, "Completed", 8);
        const runs = ran.of(id);
        assert.equal(runs.length, 17);
        assert.equal(runs.filter((name) => name === "second 3").length, 2);
      });

      test("a retried call that ran out of attempts has one more, beside a branch that went on", async () => {
        const id = idOf("retried");
        await failThenRewind(stand, "retried", id, ["flaky"]);
        await stand.expectEnd(id, "Completed", ["flaky done", "beside too done"]);
        const times = (name: string) => ran.of(id).filter((one) => one === name).length;
        assert.deepEqual([times("flaky"), times("beside"), times("beside too")], [3, 1, 1]);
        assert.equal(new Set(keys.of(`${id}/flaky`)).size, 1);
      });

      test("catch, clean up, rethrow: the clean-up does not diverge, and is asked for only where the code asks for it", async () => {
        const id = idOf("cleansUp");
        await failThenRewind(stand, "cleansUp", id, ["risky"]);
        await stand.expectEnd(id, "Completed", "after done");
        assert.deepEqual(ran.of(id), ["before", "risky", "clean up", "risky", "after"]);
        const history = await stand.history(id);
        const mark = history.find((event) => event.kind === "ExecutionRewound");
        assert.equal(mark?.kind === "ExecutionRewound" && mark.droppedEpisodes > 0, true);
      });

      test("a failure that was handled stays handled", async () => {
        const id = idOf("handles");
        await failThenRewind(stand, "handles", id, ["handled", "fatal"]);
        await stand.expectEnd(id, "Completed", ["caught", "fatal done"]);
        assert.deepEqual(ran.of(id), ["handled", "fatal", "fatal"]);
      });

      test("the author's own bug: the last episode runs again, with the code that was deployed", async () => {
        const id = idOf("buggy");
        code.hasBug.add(id);
        await stand.client.startNew("buggy", { instanceId: id });
        await failed(id);
        await stand.client.rewind(id);
        await stand.until("it has failed again", async () => (await stand.kinds(id)).includes("ExecutionRewound"));
        await failed(id);
        await stand.check(); // the checker replays with the code as it is
        code.hasBug.delete(id);
        await stand.client.rewind(id);
        await stand.expectEnd(id, "Completed", ["A done", "B done"]);
        assert.deepEqual(ran.of(id), ["A", "B"]);
      });

      test("a bug before anything was recorded: it begins again with its input", async () => {
        const id = idOf("bugAtFirst");
        code.hasBug.add(id);
        await stand.client.startNew("bugAtFirst", { instanceId: id, input: 7 });
        await failed(id);
        await stand.check(); // the checker replays with the code as it is
        code.hasBug.delete(id);
        await stand.client.rewind(id);
        await stand.expectEnd(id, "Completed", 7);
      });

      test("events that came and were not taken are kept; one after the end is refused", async () => {
        const id = idOf("keepsEvents");
        broken.add(`${id}/middle`);
        await stand.client.startNew("keepsEvents", { instanceId: id });
        await stand.client.raiseEvent(id, "Two", "early");
        await stand.client.raiseEvent(id, "One", 1);
        await failed(id);
        await assert.rejects(stand.client.raiseEvent(id, "Two", "late"), { code: "INSTANCE_DONE" });
        broken.delete(`${id}/middle`);
        await stand.client.rewind(id);
        await stand.expectEnd(id, "Completed", [1, "middle done", "early"]);
      });

      test("a tree: the deepest is rewound first, and what completed beside it stays", async () => {
        const id = idOf("tree");
        broken.add(`${id}-middle-leaf/bad ends`);
        await stand.client.startNew("tree", { instanceId: id });
        await failed(id);
        broken.delete(`${id}-middle-leaf/bad ends`);
        const planned = await stand.client.rewind(id, { dryRun: true });
        await failed(id);
        const plan = await stand.client.rewind(id);
        assert.deepEqual(
          [planned, plan].map(({ rewinds }) =>
            rewinds.map((one) => [one.instanceId, one.rewinds.map((leaf) => [leaf.instanceId, leaf.activities[0]?.name])]),
          ),
          Array.from({ length: 2 }, () => [[`${id}-middle`, [[`${id}-middle-leaf`, "step"]]]]),
        );
        await stand.expectEnd(id, "Completed", ["good ends done", "bad ends done"]);
        assert.deepEqual(ran.of(`${id}-middle-leaf`), ["bad begins", "bad ends", "bad ends"]);
        assert.deepEqual(ran.of(`${id}-good`), ["good begins", "good ends"]);
      });

      test("children that were running, done, failed, purged and terminated while their parent had failed: each answer arrives", async () => {
        const id = idOf("family");
        const kid = (name: string) => `${id}-${name}`;
        broken.add(`${id}/parent`);
        await stand.client.startNew("family", { instanceId: id });
        await failed(id);
        const { client } = stand;
        for (const name of ["running", "done", "failed", "purged", "terminated"]) await stand.untilStatus(kid(name), "Running");
        await client.raiseEvent(kid("done"), "Wake", "woke early");
        broken.add(`${kid("failed")}/failed fails`);
        await client.raiseEvent(kid("failed"), "Wake", "fail");
        await client.raiseEvent(kid("purged"), "Wake", "goes");
        await client.terminate(kid("terminated"));
        for (const name of ["done", "failed", "purged", "terminated"]) await stand.end(kid(name));
        await client.purge(kid("purged"));
        broken.delete(`${kid("failed")}/failed fails`);
        broken.delete(`${id}/parent`);
        const { rewinds } = await client.rewind(id);
        assert.deepEqual(
          rewinds.map(({ instanceId }) => instanceId),
          [kid("failed")],
        );
        for (const name of ["running", "purged", "terminated"]) {
          await stand.until(`${name} lives`, async () => (await client.getStatus(kid(name)))?.runtimeStatus === "Running");
          await client.raiseEvent(kid(name), "Wake", "woke late");
        }
        await stand.expectEnd(id, "Completed", [
          "running woke late",
          "done woke early",
          "failed fails done",
          "purged woke late",
          "terminated woke late",
        ]);
        assert.deepEqual(ran.of(kid("failed")), ["failed fails", "failed fails"]);
      });

      test("all of a filter, one after another: a dry run does none, and one that is broken off is continued by another", async () => {
        const prefix = idOf("many");
        const ids = ["a", "b", "c", "d"].map((name) => `${prefix}-${name}`);
        for (const id of ids) broken.add(`${id}/B`);
        for (const instanceId of ids) await stand.client.startNew("sequence", { instanceId });
        for (const id of ids) await failed(id);
        for (const id of ids) broken.delete(`${id}/B`);
        const taken = async (most: number, options: RewindByOptions) => {
          const plans: string[] = [];
          for await (const { instanceId, activities } of stand.client.rewindBy({ instanceIdPrefix: prefix }, { rate: 1_000, ...options })) {
            assert.equal(activities.length, 1);
            plans.push(instanceId);
            if (plans.length === most) break;
          }
          return plans;
        };
        assert.deepEqual((await taken(9, { dryRun: true })).sort(), ids);
        assert.equal((await taken(2, { reason: "first part" })).length, 2);
        assert.equal((await taken(9, { reason: "second part" })).length, 2);
        for (const id of ids) assert.equal((await stand.end(id)).runtimeStatus, "Completed");
        assert.throws(() => stand.client.rewindBy({ runtimeStatus: ["Running"] }), { code: "OPTION_INVALID" });
        assert.throws(() => stand.client.rewindBy({}, { rate: 0 }), { code: "OPTION_INVALID" });
      });

      test("what is not failed is not rewound, and says what it is", async () => {
        await assert.rejects(stand.client.rewind("nobody"), { code: "INSTANCE_NOT_FOUND" });
        const id = idOf("running");
        await stand.client.startNew("sleeper", { instanceId: id, input: "x" });
        await assert.rejects(stand.client.rewind(id), { code: "INSTANCE_NOT_FAILED", message: /is (Pending|Running); only a failed one/ });
        await stand.client.terminate(id);
        await stand.end(id);
        await assert.rejects(stand.client.rewind(id), { code: "INSTANCE_NOT_FAILED", message: /is Terminated/, httpStatus: 412 });
        await assert.rejects(stand.client.rewind(id, JSON.parse('{"why":"x"}')), { code: "OPTION_UNKNOWN" });
      });
    });

    // Time is steered for all of a stand.
    test(`a wait that timed out gets its full time again, an open deadline keeps its date, ${store}, ${mode}`, async () => {
      await using stand = await openRewindStand(store, mode);
      await stand.client.startNew("waits", { instanceId: "w" });
      await stand.untilStatus("w", "Running");
      stand.passTime(301_000);
      assert.match(String((await stand.end("w")).output), /not received in 5m/);
      stand.passTime(60_000);
      const rewoundAt = stand.now;
      const { timers } = await stand.client.rewind("w");
      assert.equal(timers.length, 1);
      assert.ok(Math.abs((timers[0]?.fireAt ?? 0) - rewoundAt - 300_000) < 5_000, "five minutes from now");
      await stand.untilStatus("w", "Running");
      stand.passTime(200_000);
      await stand.client.raiseEvent("w", "Approve", "yes");
      await stand.expectEnd("w", "Completed", "yes before the deadline");
      const deadline = (await stand.history("w")).find((event) => event.kind === "TimerCreated" && event.fireAt - event.ts > 590_000);
      assert.ok(deadline?.kind === "TimerCreated" && deadline.fireAt - deadline.ts === 600_000);
    });
  }
}
