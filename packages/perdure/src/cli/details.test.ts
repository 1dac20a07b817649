import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { orchestrator } from "../functions/orchestrator.ts";
import type { HttpServer } from "../http/index.ts";
import { createHttpHandler, serveHttp } from "../http/index.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { runCommand } from "./testing/run-command.ts";
import { Folder } from "./testing/spawn-cli.ts";

const child = orchestrator("Child", async (ctx, _input?: unknown) => await ctx.waitForExternalEvent("Go"));
const parent = orchestrator("Parent", { version: "2.1" }, async (ctx) =>
  ctx.callSubOrchestrator(child, undefined, { instanceId: "the-child" }),
);

const folder = new Folder();
const store = `file:${folder.path}/hub.db`;
let hub: TaskHub;
let server: HttpServer;

before(async () => {
  hub = await TaskHub.open(store, { functions: [parent, child], log: false });
  await hub.start();
  server = await serveHttp({ handler: createHttpHandler(hub), port: 0 });
  await hub.client.startNew(parent, { instanceId: "the-parent", tags: { team: "red" } });
  await hub.client.startNew(child, { instanceId: "alone", input: { much: true } });
  while ((await hub.client.getStatus("the-child"))?.runtimeStatus !== "Running") await new Promise((resolve) => setImmediate(resolve));
});
after(async () => {
  await server.close();
  await hub.close();
  folder[Symbol.dispose]();
});

for (const door of ["--url", "--store"] as const) {
  describe(`what a deploy has to know of an instance, by ${door}`, () => {
    const run = async (...args: readonly string[]) => {
      const { code, out, err } = await runCommand([...args, door, door === "--url" ? server.url : store]);
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
