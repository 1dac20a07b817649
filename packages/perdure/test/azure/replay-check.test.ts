import assert from "node:assert/strict";
import { test } from "node:test";
import { CliProcess } from "../../src/cli/testing/spawn-cli.ts";
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

test("perdure replay-check repeats what an Azure app has recorded, and names the first difference of each instance", async () => {
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
  const checked = async (second: string) => {
    using folder = azureFolder({ files: files(second) });
    folder.write("histories.jsonl", lines.join("\n"));
    await using run = new CliProcess(["replay-check", ".", "--from", "histories.jsonl"], folder.path);
    return [await run.exited, run.output.split("\n").filter((line) => /^[✔✖\d]/.test(line))];
  };
  assert.deepEqual(await checked("Ship"), [0, ["✔ 2 instances replayed: the code asks for what was recorded."]]);
  const difference = `recorded activity "Ship" as action 1, asked for activity "Pack" as action 1`;
  assert.deepEqual(await checked("Pack"), [
    1,
    [
      ...["a", "b"].map((id) => `✖ ${id} "Flow", no version, event 7: ${difference}`),
      "2 instances replayed: 2 differences, 0 missing functions.",
    ],
  ]);
});
