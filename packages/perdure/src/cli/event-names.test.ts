import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "../functions/orchestrator.ts";
import { createHttpHandler, serveHttp } from "../http/index.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { runCommand } from "./testing/run-command.ts";
import { Folder } from "./testing/spawn-cli.ts";

const NAMES = [
  "order/approved",
  "a/b/c",
  "/first",
  "last/",
  "50%",
  "a%2Fb",
  "1+1",
  "a b",
  "q?x=1",
  "h#1",
  "Größe",
  "承認",
  "--json",
  ".hidden",
  "..up",
];

const patient = orchestrator("Patient", async (ctx) => await ctx.waitForExternalEvent("Stop"));

test("an event of any name arrives as it was typed, at a store and at a host", async () => {
  using folder = new Folder();
  const store = `file:${folder.path}/hub.db`;
  await using hub = await TaskHub.open(store, { functions: [patient], log: false });
  await hub.start();
  const server = await serveHttp({ handler: createHttpHandler(hub), port: 0 });
  try {
    for (const [target, names] of [
      [["--store", store], NAMES.slice(0, 4)],
      [["--url", server.url], NAMES],
    ] as const) {
      const id = `one ${target[0]}`;
      const run = await hub.client.startNew(patient, { instanceId: id });
      for (const name of [...names, "Stop"]) {
        const { code, err } = await runCommand(["raise-event", ...target, "--input", "1", "--", id, name]);
        assert.deepEqual([name, code, err], [name, 0, ""]);
      }
      await run.result({ timeout: "20s" });
      const { history = [] } = await run.status({ showHistory: true });
      const raised = history.flatMap((event) => (event.kind === "EventRaised" ? [event.name] : []));
      assert.deepEqual(raised, [...names, "Stop"]);
    }
  } finally {
    await server.close();
  }
});
