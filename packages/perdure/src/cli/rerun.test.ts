import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { orchestrator } from "../functions/orchestrator.ts";
import type { HttpServer } from "../http/index.ts";
import { createHttpHandler, serveHttp } from "../http/index.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { runCommand } from "./testing/run-command.ts";
import { Folder } from "./testing/spawn-cli.ts";

const waits = orchestrator("Waits", async (ctx, _input?: unknown) => await ctx.waitForExternalEvent("Go"));

let isBroken = true;
const fails = orchestrator("Fails", () => {
  if (isBroken) throw new Error("broken");
  return "done";
});

const folder = new Folder();
const store = `file:${folder.path}/hub.db`;
let hub: TaskHub;
let server: HttpServer;

before(async () => {
  hub = await TaskHub.open(store, { functions: [waits, fails], log: false });
  await hub.start();
  server = await serveHttp({ handler: createHttpHandler(hub), port: 0 });
});
after(async () => {
  await server.close();
  await hub.close();
  folder[Symbol.dispose]();
});

for (const door of ["--url", "--store"] as const) {
  const run = (...args: readonly string[]) => runCommand([...args, door, door === "--url" ? server.url : store]);

  test(`restart prints the id of the new instance, by ${door}`, async () => {
    const id = `first${door}`;
    await hub.client.startNew(waits, { instanceId: id, input: { a: 1 } });
    const { code, out, err } = await run("restart", id);
    assert.equal(code, 0, err);
    assert.deepEqual((await hub.client.getStatus(out.trim()))?.input, { a: 1 });

    const refused = await run("restart", id, "--same-id");
    assert.equal(refused.code, 1);
    assert.match(refused.err, /is (Pending|Running).*\[INSTANCE_EXISTS\]/s);
    await hub.client.terminate(id);
    await hub.client.waitForCompletion(id);
    assert.equal(JSON.parse((await run("restart", id, "--same-id", "--json")).out).id, id);
    assert.match((await run("restart", "nobody")).err, /\[INSTANCE_NOT_FOUND\]/);
  });

  test(`rewind lets a failed instance continue, by ${door}`, async () => {
    const id = `failed${door}`;
    isBroken = true;
    await hub.client.startNew(fails, { instanceId: id });
    await hub.client.waitForCompletion(id);
    isBroken = false;
    const { code, out, err } = await run("rewind", id, "--reason", "repaired");
    assert.equal(code, 0, err);
    assert.match(out, /continues from where it failed/);
    assert.equal((await hub.client.waitForCompletion(id)).output, "done");
    assert.match((await run("history", id)).out, /ExecutionRewound .*Reason=repaired/);
    assert.match((await run("rewind", id)).err, /is Completed; only a failed one.*\[INSTANCE_NOT_FAILED\]/s);
    assert.match((await run("rewind", "nobody")).err, /\[INSTANCE_NOT_FOUND\]/);
  });
}
