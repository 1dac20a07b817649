import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { orchestrator } from "../functions/orchestrator.ts";
import { DOORS, ServedHub } from "./testing/served-hub.ts";

const greet = orchestrator("Greet", async (ctx, name: string) => {
  await ctx.createTimer("20ms");
  if (name === "") throw new Error("a name is missing");
  return `hello ${name}`;
});
const waiting = orchestrator("Waiting", async (ctx) => ctx.waitForExternalEvent("Go"));
const stuck = orchestrator("Stuck", async () => new Promise<string>(() => {}));

const served = new ServedHub([greet, waiting, stuck]);

for (const door of DOORS) {
  describe(`start-new --wait by ${door}`, () => {
    const run = (...args: readonly string[]) => served.run(door, ...args);

    test("shows what became of it, and ends with 0 for Completed alone", async () => {
      const done = await run("start-new", "Greet", "--input", '"you"', "--wait");
      assert.deepEqual([done.code, done.err], [0, ""]);
      assert.match(done.out, /^status: +Completed$/m);
      assert.match(done.out, /^output: +"hello you"$/m);
      const failed = await run("start-new", "Greet", "--input", '""', "--wait", "--timeout", "20s", "--json");
      const status = JSON.parse(failed.out);
      assert.deepEqual([failed.code, status.runtimeStatus, status.output], [1, "Failed", "a name is missing"]);
      assert.match((await run("status", status.instanceId)).out, /^failed at: +\S*start-new\.test\.ts:8$/m);
    });

    test("gives tags, by which a list finds it, and a time before which it does not begin", async () => {
      const id = `later-${door}`;
      const started = await run("start-new", "Waiting", "--id", id, "--tag", "team=north,vip=", "--start-at", "2999-01-31T12:00:00Z");
      assert.deepEqual([started.code, started.err], [0, ""]);
      assert.match((await run("list", "--tag", "team=north,vip=", "--prefix", id)).out, new RegExp(id));
      assert.match((await run("why", id)).out, /is to start at 2999-01-31T12:00:00/);
      assert.match((await run("start-new", "Waiting", "--tag", "north")).err, /expected names and values, separated by commas/);
      assert.match((await run("start-new", "Waiting", "--start-at", "soon")).err, /expected a time such as/);
    });

    test("waits no longer than it is told to, nor for one that stands still", async () => {
      const id = `long-${door}`;
      const long = await run("start-new", "Waiting", "--id", id, "--wait", "--timeout", "50ms");
      assert.equal(long.code, 1);
      assert.match(long.err, /did not finish within 50 ms\. It continues; .* \[RESULT_TIMEOUT\]/);
      assert.match((await run("show", id)).out, /^status: +Running$/m);
      const still = await run("start-new", "Stuck", "--wait");
      assert.equal(still.code, 1);
      assert.match(still.err, /has no result yet\. It is stopped \(STUCK\).* \[INSTANCE_STOPPED\]/);
      const without = await run("start-new", "Waiting", "--timeout", "1s");
      assert.equal(without.code, 2);
      assert.match(without.err, /"--timeout" is .*; expected it with --wait only/);
    });
  });
}
