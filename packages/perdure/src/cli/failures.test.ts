import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { orchestrator } from "../functions/orchestrator.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { runCommand } from "./testing/run-command.ts";

const pay = orchestrator("Pay", (_, text: string) => {
  throw new RangeError(text);
});

test("perdure failures groups what failed by what happened, the largest group first", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-failures-"));
  const failures = (...args: readonly string[]) => runCommand(["failures", ...args, "--store", "file:hub.db"], { cwd: folder });
  try {
    await using hub = await TaskHub.open(`file:${join(folder, "hub.db")}`, { functions: [pay], log: false });
    await hub.start();
    assert.match((await failures()).out, /^Nothing has failed since \d{4}-\S+, and nothing is stopped\.$/m);
    for (const [instanceId, input] of Object.entries({ one: "no answer", "two-1": "card 17 was refused", "two-2": "card 4 was refused" })) {
      await hub.client.startNew(pay, { instanceId, input });
      await hub.client.waitForCompletion(instanceId);
    }
    const { code, out, err } = await failures();
    assert.equal(code, 0, err);
    assert.match(out, /^COUNT +LAST +ORCHESTRATOR +FROM +WHAT HAPPENED +PLACE +NEWEST$/m);
    assert.match(out, /^2 +\d{4}-\S+ +Pay +RangeError: .*card … was refused +\S+failures\.test\.ts:\d+ +two-2$/m);
    assert.match(out, /^1 +\d{4}-\S+ +Pay +RangeError: .*no answer .* one$/m);
    const top = await failures("--top", "1");
    assert.match(top.out, /^There are 2 groups: --top N shows more of them\.$/m);
    const json = JSON.parse((await failures("--name", "pay", "--json")).out);
    assert.deepEqual([json.looked, json.exact, json.groups[0].count, json.groups[0].instanceIds], [3, true, 2, ["two-2", "two-1"]]);
    const none = await failures("--name", "other");
    assert.match(none.out, /^Nothing has failed/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
