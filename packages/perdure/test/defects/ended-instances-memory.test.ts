import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { orchestrator, TaskHub } from "perdure";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const approval = orchestrator("Approval", async (ctx, _input: string) => {
  const by = ctx.waitForExternalEvent<string>("Approved");
  const late = ctx.createTimer("30d");
  const { key } = await ctx.any({ by, late });
  late.cancel();
  return key;
});

const INPUT = "x".repeat(20_000);
const COUNT = 250;

test("an instance that has ended leaves memory, although a timer of it would be due in a month", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-memory-"));
  try {
    await using hub = await TaskHub.open(`file:${join(folder, "hub.db")}`, { functions: [approval] });
    await hub.start();
    const run = async (from: number) => {
      const ids = Array.from({ length: COUNT }, (_, i) => `a-${from + i}`);
      await Promise.all(ids.map((instanceId) => hub.client.startNew(approval, { instanceId, input: INPUT + instanceId })));
      await Promise.all(ids.map((id) => hub.client.waitForStart(id)));
      await Promise.all(ids.map((id) => hub.client.raiseEvent(id, "Approved", "yes")));
      await Promise.all(ids.map((id) => hub.client.handle(approval, id).result({ timeout: "20s" })));
      gc();
      return process.memoryUsage().heapUsed;
    };
    await run(0);
    const before = await run(COUNT);
    const after = await run(2 * COUNT);
    assert.ok(after - before < (COUNT * INPUT.length) / 2, `${COUNT} ended instances keep ${Math.round((after - before) / 1_024)} KB`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
