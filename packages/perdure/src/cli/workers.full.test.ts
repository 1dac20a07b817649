import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CliProcess, Folder, isRunning, PERDURE } from "./testing/spawn-cli.ts";

const APP = `
import { activity, orchestrator } from ${JSON.stringify(PERDURE)};
export const spin = activity("Spin", () => { console.log("spinning"); for (;;); });
export const stuck = orchestrator("Stuck", (ctx) => ctx.callActivity(spin));
`;

test("a worker process that is blocked for good does not outlive its parent for long", { timeout: 60_000 }, async () => {
  using folder = new Folder();
  folder.write("app/index.ts", APP);
  await using cli = new CliProcess(["start", "app", "--workers", "1", "--port", "0"], folder.path);
  const [, url = ""] = await cli.printed(/"msg":"Management API: ([^"]+)"/);
  assert.equal((await fetch(`${url}/orchestrators/Stuck`, { method: "POST" })).status, 202);
  await cli.printed(/spinning/);
  const pid = cli.workers()[0]?.pid ?? assert.fail("no worker became ready");
  cli.signal("SIGKILL");
  await cli.exited;
  const killedAt = performance.now();
  while (isRunning(pid)) {
    assert.ok(performance.now() - killedAt < 20_000, "the orphan is still there");
    await sleep(100);
  }
});
