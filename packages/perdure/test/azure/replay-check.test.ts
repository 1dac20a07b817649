import assert from "node:assert/strict";
import { test } from "node:test";
import { V3Replayer } from "../../src/azure/guest/v3-replayer.ts";
import { CliProcess } from "../../src/cli/testing/spawn-cli.ts";
import { instanceId } from "../../src/model/ids.ts";
import { azureFolder } from "./testing/azure-folder.ts";
import { v3App } from "./testing/v3-app.ts";
import { V3Fleet } from "./testing/v3-fleet.ts";

/** An app whose orchestrator calls `second` as its second activity, and says so on standard output. */
const files = (second: string) => ({
  "src/app.js": `
const df = require("durable-functions");
df.app.orchestration("Flow", function* (context) {
  console.log("running", context.df.isReplaying);
  const first = yield context.df.callActivity("Ship", 1);
  yield context.df.callActivity("${second}", first);
  yield context.df.waitForExternalEvent("Go");
});
df.app.activity("Ship", { handler: () => 1 });
setInterval(() => {}, 1_000);`,
});

// One that fits what it has recorded: kills.test.ts.
test("perdure replay-check repeats what an Azure app has recorded, and names the first difference of each instance, with file and line", async () => {
  const app = v3App(
    "durable-functions",
    (df) => {
      df.app.orchestration("Flow", function* (context) {
        const first: number = yield context.df.callActivity("Ship", 1);
        yield context.df.callActivity("Ship", first);
        yield context.df.waitForExternalEvent("Go");
      });
    },
    { Ship: () => 1 },
  );
  await using v3 = await V3Fleet.open({ app });
  for (const id of ["a", "b"]) await v3.start("Flow", id);
  await v3.fleet.advance(500);
  const lines = await Promise.all(["a", "b"].map(async (id) => JSON.stringify({ instanceId: id, history: await v3.history(id) })));
  using folder = azureFolder({ files: files("Pack") });
  folder.write("histories.jsonl", lines.join("\n"));
  await using run = new CliProcess(["replay-check", ".", "--from", "histories.jsonl"], folder.path);
  assert.equal(await run.exited, 1);
  const said = run.output.split("\n").flatMap((line) => (/^[✔✖\d]/.test(line) ? [line.replace(/ at \S*[\\/]src[\\/]/, " at ")] : []));
  const difference = `recorded activity "Ship" as action 1, asked for activity "Pack" as action 1 at app.js:6`;
  assert.deepEqual(said, [
    ...["a", "b"].map((id) => `✖ ${id} "Flow", no version, event 7: ${difference}`),
    "2 instances replayed: 2 differences, 0 missing functions.",
  ]);
});

test("an instance that the limit of its history has ended does not differ from its code", async () => {
  const app = v3App("durable-functions", (df) => {
    df.app.orchestration("Listens", function* (context) {
      for (;;) yield context.df.waitForExternalEvent("Go");
    });
  });
  await using v3 = await V3Fleet.open({ app, worker: { maxHistoryEvents: 5 } });
  await v3.start("Listens", "a");
  for (let sent = 0; sent < 3; sent++) await v3.raise("a", "Go");
  assert.match(String(await v3.end("a")), /^The history of "Listens" \(a\) has 6 events/);
  const found = await new V3Replayer(app.functions).replay(instanceId("a"), await v3.history("a"));
  assert.deepEqual([found.found, found.outcome], [null, null]);
});
