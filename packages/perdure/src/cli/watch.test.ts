import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { activity } from "../functions/activity.ts";
import { orchestrator } from "../functions/orchestrator.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { runCommand } from "./testing/run-command.ts";

const bake = activity("Bake", async (_: undefined, { heartbeat }) => {
  for (let done = 1; done <= 20; done += 1) {
    heartbeat({ done });
    await sleep(50);
  }
});
const order = orchestrator("Order", async (ctx) => {
  ctx.setCustomStatus("baking");
  await ctx.callActivity(bake);
  return "cake";
});

test("perdure watch shows each change of an instance that runs in another process, what its activities say, and ends with it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-watch-"));
  try {
    await using hub = await TaskHub.open(`file:${join(folder, "hub.db")}`, { functions: [bake, order], log: false });
    await hub.start();
    await hub.client.startNew(order, { instanceId: "o-1" });
    const watch = (...args: readonly string[]) => runCommand(["watch", "o-1", ...args, "--store", "file:hub.db"], { cwd: folder });
    const [lines, json] = await Promise.all([watch(), watch("--json")]);
    assert.equal(lines.code, 0, lines.err);
    assert.match(lines.out, /^\d\d:\d\d:\d\d {2}Running {2}status "baking"$/m);
    assert.match(lines.out, /^\d\d:\d\d:\d\d {2}Bake: \{"done":\d+\}$/m);
    assert.match(lines.out, /\n\d\d:\d\d:\d\d {2}Completed {2}status "baking" {2}output "cake"\n$/);
    const told = json.out.trim().split("\n");
    assert.deepEqual(new Set(told.map((text) => JSON.parse(text).kind)), new Set(["status", "progress"]));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
