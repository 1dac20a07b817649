import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import type { LogEntry, LogOption } from "perdure";
import { activity, orchestrator, TaskHub } from "perdure";

const greet = activity("Greet", async (name: string, ctx) => {
  ctx.log.info("greeting", { name });
  return `Hello ${name}`;
});
const hello = orchestrator("Hello", async (ctx, name: string) => {
  ctx.log.warn("asked", { when: Date.now() });
  return await ctx.callActivity(greet, name);
});
const careless = orchestrator("Careless", async () => {
  await new Promise((resolve) => setImmediate(resolve));
});

const broken = (): never => {
  throw new Error("EPIPE in the logger");
};
const BROKEN: { readonly [name: string]: LogOption } = {
  "throws at every line": { enabled: () => true, write: broken },
  "rejects at every line": { engine: "debug", functions: "debug", to: { enabled: () => true, write: async () => broken() } },
  "is console-like and throws": { engine: "debug", to: { debug: broken, info: broken, warn: broken, error: broken } },
};

for (const [name, log] of Object.entries(BROKEN)) {
  test(`a logger that ${name} harms no instance, on memory and on a file`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "perdure-logs-"));
    try {
      for (const store of ["memory:", `file:${folder}/hub.db`]) {
        await using hub = await TaskHub.open(store, { functions: [greet, hello], log });
        await hub.start();
        const run = await hub.client.startNew(hello, { input: "Ada" });
        assert.equal(await run.result({ timeout: "20s" }), "Hello Ada");
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test("the lines of functions have their level apart from the engine's, and may use the clock and timers", async () => {
  const entries: LogEntry[] = [];
  const write = (entry: LogEntry) => {
    entries.push(entry);
    setTimeout(() => {}, 0);
  };
  await using hub = await TaskHub.open("memory:", {
    functions: [greet, hello],
    log: { engine: "error", functions: "info", to: { enabled: () => true, write } },
  });
  await hub.start();
  const run = await hub.client.startNew(hello, { input: "Ada" });
  await run.result({ timeout: "20s" });
  assert.deepEqual(
    entries.map(({ event, message, fields }) => [event, message, fields.orchestrator ?? fields.activity]),
    [
      ["function.log", "asked", "Hello"],
      ["function.log", "greeting", "Greet"],
    ],
  );
});

/** Its lines on standard error; with `deaf` they are not read. */
async function program(code: string, deaf = false): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const source = `import { activity, orchestrator, TaskHub } from "perdure";\n${code}`;
  const child = spawn(process.execPath, ["-C", "perdure-source", "--input-type=module-typescript", "--eval", source], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (deaf) child.stderr.destroy();
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [out, err] = await Promise.all([text(child.stdout), deaf ? "" : text(child.stderr)]);
  return { code: await ended, out, err };
}

const FAILING = `
const pay = activity("Pay", async () => { throw new Error("no money"); });
const order = orchestrator("Order", async (ctx) => { ctx.log.info("paying"); await ctx.callActivity(pay); });
await using hub = await TaskHub.open("memory:", { functions: [pay, order] });
await hub.start();
const run = await hub.client.startNew(order);
await run.result({ timeout: "20s" }).catch((error) => console.log(error.message));
`;

test("by default a program's hub says on standard error what went wrong and what functions log, and nothing else", async () => {
  const { code, out, err } = await program(FAILING);
  assert.equal(code, 0);
  assert.match(out, /no money/);
  const lines = err.split("\n").filter((line) => line !== "");
  assert.match(lines[0] ?? "", /^\d\d:\d\d:\d\d\.\d{3} info {2}paying orchestrator=Order instanceId=/);
  assert.match(lines[1] ?? "", /warn {2}Activity "Pay" failed: no money/);
  assert.match(lines[2] ?? "", /warn {2}Execution of "Order" completed: Failed \(.*no money/);
  assert.equal(lines.length, 3, err);
});

test("a program whose standard error is not read continues", async () => {
  const { code, out } = await program(FAILING, true);
  assert.equal(code, 0);
  assert.match(out, /no money/);
});

test("an instance that is stopped is said by default", async () => {
  const entries: LogEntry[] = [];
  await using hub = await TaskHub.open("memory:", {
    functions: [careless],
    log: { engine: "error", to: { enabled: () => true, write: (entry) => entries.push(entry) } },
  });
  await hub.start();
  const run = await hub.client.startNew(careless);
  while (entries.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(entries[0]?.event, "instance.stopped");
  assert.equal(entries[0]?.fields.instanceId, run.instanceId);
});
