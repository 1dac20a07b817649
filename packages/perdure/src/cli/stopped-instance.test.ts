import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { orchestrator } from "../functions/orchestrator.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { runCli } from "./run.ts";

const ready: { promise: Promise<string> | null } = { promise: Promise.resolve("at once") };
/** Waits for something that no history knows, until it is mended. */
const careless = orchestrator("Careless", async () =>
  ready.promise === null ? "mended" : ready.promise.then(() => new Promise<string>(() => {})),
);

async function cli(cwd: string, ...args: readonly string[]) {
  let out = "";
  const write = (text: string) => {
    out += text;
  };
  const code = await runCli({ args, env: {}, cwd, out: write, err: write, isTerminal: false, exit: () => {} });
  return { code, out };
}

test("an operator sees why an instance stands still, and sets it going again once its code is mended", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-stopped-"));
  try {
    await using hub = await TaskHub.open(`file:${join(folder, "hub.db")}`, { functions: [careless] });
    await hub.start();
    const run = await hub.client.startNew(careless, { instanceId: "c-1" });
    while ((await run.status()).stopped === null) await new Promise((resolve) => setImmediate(resolve));
    const shown = await cli(folder, "status", "c-1", "--store", "file:hub.db");
    assert.equal(shown.code, 0, shown.out);
    assert.match(shown.out, /stopped:\s+STUCK Orchestrator "Careless" \(c-1\) is waiting for a promise that is no durable task/);
    ready.promise = null;
    const resumed = await cli(folder, "resume", "c-1", "--store", "file:hub.db");
    assert.equal(resumed.code, 0, resumed.out);
    assert.equal(await run.result({ timeout: "10s" }), "mended");
    const after = await cli(folder, "status", "c-1", "--store", "file:hub.db", "--json");
    assert.equal(JSON.parse(after.out).stopped, undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
