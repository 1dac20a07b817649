import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../../src/process/testing/until.ts";
import { freshDatabase } from "../../src/testing/postgres/databases.ts";
import { sharedPostgres, TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";
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

/** Each run is a line: when it began, and whether it was late. The second run takes longer than the interval. */
const INTERVAL_APP = `
const { appendFileSync, readFileSync } = require("node:fs");
const { app } = require("@azure/functions");
app.timer("Often", {
  schedule: "00:00:02",
  handler: async ({ isPastDue }) => {
    appendFileSync("ticks", Date.now() + " " + isPastDue + " " + process.pid + "\\n");
    if (readFileSync("ticks", "utf8").split("\\n").length === 3) await new Promise((resolve) => setTimeout(resolve, 3000));
  },
});
`;

for (const store of ["a file", "PostgreSQL"] as const) {
  test(`a timer by a TimeSpan of three workers on ${store}: one interval apart, never beside each other, and on when its worker is killed`, async () => {
    using folder = azureFolder({ files: { "src/all.js": INTERVAL_APP } });
    folder.write("ticks", "");
    await using database =
      store === "a file" ? null : await freshDatabase(await sharedPostgres(TEST_SERVERS.at(-1) ?? "given"), { graceMs: 10_000 });
    const args = database === null ? [] : ["--store", database.url];
    await using host = await AzureHost.start(".", folder.path, ["--workers", "3", ...args]);
    const runs = () => {
      const lines = readFileSync(join(folder.path, "ticks"), "utf8").split("\n").slice(0, -1);
      return lines
        .map((line) => line.split(" "))
        .map(([at, isLate, pid]) => ({ at: Number(at), isLate: isLate === "true", pid: Number(pid) }));
    };
    const gaps = () =>
      runs()
        .slice(1)
        .map(({ at }, index) => at - (runs()[index]?.at ?? 0));
    await until("five runs", () => runs().length >= 5, PATIENCE_MS);
    const long = gaps()[1] ?? 0;
    assert.ok(long >= 2_900, `the one that follows a run of 3 s began ${long} ms after it`);
    process.kill(runs().at(-1)?.pid ?? 0, "SIGKILL");
    const killed = runs().length;
    await until("three more", () => runs().length >= killed + 3, PATIENCE_MS);
    // A late one is followed by one in time, so that only the whole has the interval; what ran while its process was killed runs again.
    const most = gaps().reduce((sum, gap) => sum + gap, 0) / 2_000 + 3;
    assert.ok(runs().length <= most, `${runs().length} runs, ${most} at most`);
    assert.equal(await host.stopped(), 0);
  });
}
