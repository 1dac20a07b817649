import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../../src/process/testing/until.ts";
import { azureFolder } from "./testing/azure-folder.ts";
import { AzureHost } from "./testing/azure-host.ts";
import { RELEASES } from "./testing/releases.ts";

/** Each run is a line: the process, and what it has started. */
const APP = `
const { appendFileSync } = require("node:fs");
const { app } = require("@azure/functions");
const df = require("durable-functions");
df.app.client.timer("Tick", {
  schedule: "* * * * * *",
  handler: async (_, client) => appendFileSync("ticks", process.pid + " " + (await client.startNew("Work")) + "\\n"),
});
df.app.orchestration("Work", function* (context) { return yield context.df.callActivity("Where"); });
df.app.activity("Where", { handler: () => process.pid });
`;
const PATIENCE_MS = 60_000;

for (const release of RELEASES) {
  test(`${release}: a timer function of three workers runs once each time, also when the worker that runs it is killed`, async () => {
    using folder = azureFolder({ sdk: release, files: { "src/all.js": APP } });
    folder.write("ticks", "");
    await using host = await AzureHost.start(".", folder.path, ["--workers", "3"]);
    const ticks = () => readFileSync(join(folder.path, "ticks"), "utf8").split("\n").slice(0, -1);
    const more = async (count: number) => {
      const before = ticks().length;
      await until(`${count} runs`, () => ticks().length >= before + count, PATIENCE_MS);
    };
    const recorded = () => (host.output.match(/"event":"activity\.scheduled"[^\n]*"activity":"@@schedule:Tick"/g) ?? []).length;
    await more(5);
    const calm = ticks().length;
    await until("the log of all", () => recorded() >= calm, PATIENCE_MS);
    assert.ok(recorded() - calm <= 2, `${calm} runs, ${recorded()} recorded`); // of two seconds at most it is not known yet
    const [victim = ""] = ticks().at(-1)?.split(" ") ?? [];
    process.kill(Number(victim), "SIGKILL");
    await more(4);
    // What ran while its process was killed runs again.
    assert.ok(ticks().length <= recorded() + 2, `${ticks().length} runs, ${recorded()} recorded`);
    const ids = ticks().map((line) => line.split(" ")[1] ?? "");
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) {
      const { output } = await host.ended(`${host.management}/instances/${id}`);
      assert.ok(host.workers().some(({ pid }) => pid === output));
    }
    assert.equal(await host.stopped(), 0);
  });
}
