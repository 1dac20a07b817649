import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { orchestrator } from "../functions/orchestrator.ts";
import { DOORS, ServedHub } from "./testing/served-hub.ts";

const child = orchestrator("Child", async (ctx, _input?: unknown) => await ctx.waitForExternalEvent("Go"));
const parent = orchestrator("Parent", { version: "2.1" }, async (ctx) =>
  ctx.callSubOrchestrator(child, undefined, { instanceId: "the-child" }),
);

const served = new ServedHub([parent, child], async (hub) => {
  await hub.client.startNew(parent, { instanceId: "the-parent", tags: { team: "red" } });
  await hub.client.startNew(child, { instanceId: "alone", input: { much: true } });
  while ((await hub.client.getStatus("the-child"))?.runtimeStatus !== "Running") await new Promise((resolve) => setImmediate(resolve));
});

for (const door of DOORS) {
  describe(`what a deploy has to know of an instance, by ${door}`, () => {
    const run = async (...args: readonly string[]) => {
      const { code, out, err } = await served.run(door, ...args);
      assert.equal(code, 0, err);
      return out;
    };

    test("the list shows the version, and as JSON tags and parent as well", async () => {
      const table = await run("list");
      assert.match(table, /^INSTANCE .* VERSION$/m);
      assert.match(table, /^the-parent .* 2\.1$/m);
      assert.match(table, /^alone .*Z$/m);
      const listed: readonly { readonly [field: string]: unknown }[] = JSON.parse(await run("list", "--json"));
      const details = Object.fromEntries(listed.map((one) => [one.instanceId, [one.version, one.tags, one.parentInstanceId]]));
      assert.deepEqual(details["the-parent"], ["2.1", { team: "red" }, null]);
      assert.deepEqual(details.alone, [null, null, null]);
      assert.equal(details["the-child"]?.[2], "the-parent");
    });

    test("the list does not say that an instance had no input", async () => {
      const listed: readonly object[] = JSON.parse(await run("list", "--prefix", "alone", "--json"));
      assert.deepEqual(
        listed.map((one) => "input" in one),
        [false],
      );
      assert.deepEqual(JSON.parse(await run("status", "alone", "--json")).input, { much: true });
    });

    test("the status shows what there is", async () => {
      const shown = await run("status", "the-parent");
      assert.match(shown, /^version: +2\.1$/m);
      assert.match(shown, /^tags: +\{"team":"red"\}$/m);
      assert.match(await run("status", "the-child"), /^parent: +the-parent$/m);
      assert.doesNotMatch(await run("status", "alone"), /^(version|tags|parent):/m);
      const { version, tags, parentInstanceId } = JSON.parse(await run("status", "the-parent", "--json"));
      assert.deepEqual([version, tags, parentInstanceId], ["2.1", { team: "red" }, null]);
    });
  });
}
