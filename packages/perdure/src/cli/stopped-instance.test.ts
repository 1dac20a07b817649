import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { orchestrator } from "../functions/orchestrator.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { runCommand } from "./testing/run-command.ts";

const ready: { promise: Promise<string> | null } = { promise: Promise.resolve("at once") };
/** Waits for something that no history knows, until it is fixed. */
const careless = orchestrator("Careless", async () =>
  ready.promise === null ? "fixed" : ready.promise.then(() => new Promise<string>(() => {})),
);

async function cli(cwd: string, ...args: readonly string[]) {
  const { code, out, err } = await runCommand(args, { cwd });
  return { code, out: out + err };
}

test("an operator sees why an instance is stopped, and sets it going again once its code is fixed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-stopped-"));
  try {
    await using hub = await TaskHub.open(`file:${join(folder, "hub.db")}`, { functions: [careless], log: false });
    await hub.start();
    const run = await hub.client.startNew(careless, { instanceId: "c-1" });
    while ((await run.status()).stopped === null) await new Promise((resolve) => setImmediate(resolve));
    const shown = await cli(folder, "status", "c-1", "--store", "file:hub.db");
    assert.equal(shown.code, 0, shown.out);
    assert.match(shown.out, /stopped:\s+STUCK: Orchestrator "Careless" \(c-1\) is waiting for a promise that is not a durable task/);
    await hub.client.startNew(careless, { instanceId: "later", startAt: "1d" });
    const listed = await cli(folder, "list", "--store", "file:hub.db");
    assert.match(listed.out, /^c-1 +Careless +(Running|Pending), stopped \(STUCK\) /m);
    assert.match(listed.out, /^later +Careless +Pending +\d/m);
    assert.match(listed.out, /1 instance is stopped: "perdure status ID" says why/);
    const still = await cli(folder, "list", "--stopped", "--store", "file:hub.db", "--json");
    const [one, ...others] = JSON.parse(still.out);
    assert.deepEqual([one.instanceId, one.stopped.code, others], ["c-1", "STUCK", []]);
    assert.match(one.stopped.message, /is waiting for a promise/);
    const ids = async (stopped: boolean) => (await Array.fromAsync(hub.client.query({ stopped }))).map((each) => each.instanceId);
    assert.deepEqual([await ids(true), await ids(false)], [["c-1"], ["later"]]);
    ready.promise = null;
    const resumed = await cli(folder, "resume", "c-1", "--store", "file:hub.db");
    assert.equal(resumed.code, 0, resumed.out);
    assert.equal(await run.result({ timeout: "10s" }), "fixed");
    const after = await cli(folder, "status", "c-1", "--store", "file:hub.db", "--json");
    assert.equal(JSON.parse(after.out).stopped, undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
