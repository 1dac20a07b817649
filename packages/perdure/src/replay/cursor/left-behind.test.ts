import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

const INDEX = JSON.stringify(new URL("../../index.ts", import.meta.url).href);

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface How {
  readonly argv?: readonly string[];
  readonly nodeOptions?: string;
  /** Runs before the hub is opened. */
  readonly before?: string;
}

/** A program with a hub in it whose function does `body`; it says "alive" when it is, 150 ms later, and what became of the instance. */
function run(kind: "activity" | "orchestrator", body: string, { argv = [], nodeOptions = "", before = "" }: How = {}): Ran {
  const orchestration =
    kind === "activity" ? "(ctx) => ctx.callActivity(sloppy)" : `async (ctx) => { ${body}; await ctx.createTimer("1h"); }`;
  const program = `
    import { activity, orchestrator, TaskHub } from ${INDEX};
    ${before}
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const sloppy = activity("sloppy", async () => { ${kind === "activity" ? body : ""}; await pause(50); return "done"; });
    const flow = orchestrator("flow", ${orchestration});
    const hub = await TaskHub.open("memory:", { functions: [flow, sloppy] });
    await hub.start();
    const run = await hub.client.startNew(flow, { instanceId: "i" });
    ${kind === "activity" ? "await run.result({ timeout: '10s' });" : "await pause(150);"}
    const { runtimeStatus, stopped } = await run.status();
    console.log("alive", runtimeStatus, stopped?.code, stopped?.message);
    await hub.close();
  `;
  const env = { ...process.env, NODE_OPTIONS: nodeOptions };
  const ran = spawnSync(process.execPath, [...argv, "--conditions=perdure-source", "--input-type=module", "-e", program], {
    encoding: "utf8",
    timeout: 20_000,
    env,
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

const REJECTS = `Promise.reject(new Error("left behind"))`;
const LEAVES: { readonly [how: string]: string } = {
  "a rejection that nobody awaits": REJECTS,
  "a rejection with a value": `Promise.reject("left behind")`,
  "a throw in a timer": `setTimeout(() => { throw new Error("left behind"); }, 1)`,
  "a throw in setImmediate": `setImmediate(() => { throw new Error("left behind"); })`,
  "a throw in process.nextTick": `process.nextTick(() => { throw new Error("left behind"); })`,
  "a throw in a microtask": `queueMicrotask(() => { throw new Error("left behind"); })`,
  "a throw in a listener of an EventTarget": `
    const target = new EventTarget();
    target.addEventListener("x", () => { throw new Error("left behind"); });
    target.dispatchEvent(new Event("x"))`,
};

for (const [how, body] of Object.entries(LEAVES)) {
  test(`what an activity leaves behind ends the process with its name in the last words: ${how}`, () => {
    const { code, out, err } = run("activity", body);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /Activity "sloppy" \(i:0:0\): .*left behind/);
    assert.match(err.slice(err.indexOf("sloppy")), /\n.*left behind/, "Node's own words are there too");
  });
}

const MODES: readonly { readonly how: How; readonly code: number; readonly lives: boolean }[] = [
  { how: { nodeOptions: "--unhandled-rejections=warn" }, code: 0, lives: true },
  { how: { nodeOptions: "--unhandled-rejections=none" }, code: 0, lives: true },
  { how: { nodeOptions: "--unhandled_rejections=warn" }, code: 0, lives: true },
  { how: { nodeOptions: "--unhandled-rejections=warn-with-error-code" }, code: 1, lives: true },
  { how: { nodeOptions: "--unhandled-rejections=strict" }, code: 1, lives: false },
  { how: { nodeOptions: "--unhandled-rejections=throw" }, code: 1, lives: false },
  { how: { argv: ["--unhandled-rejections=warn"] }, code: 0, lives: true },
  { how: { argv: ["--unhandled-rejections", "none"] }, code: 0, lives: true },
  { how: { argv: ["--unhandled-rejections=throw"], nodeOptions: "--unhandled-rejections=warn" }, code: 1, lives: false },
  { how: { argv: ["--unhandled-rejections=warn"], nodeOptions: "--unhandled-rejections=throw" }, code: 0, lives: true },
];

for (const { how, code, lives } of MODES) {
  test(`Node's mode holds: NODE_OPTIONS=${how.nodeOptions ?? ""} node ${how.argv?.join(" ") ?? ""}`, () => {
    const ran = run("activity", REJECTS, how);
    assert.equal(ran.code, code, ran.err);
    assert.equal(ran.out, lives ? "alive Completed undefined undefined\n" : "", ran.err);
    assert.match(ran.err, /Activity "sloppy"/);
  });
}

test("the program's own listeners are told as Node tells them", () => {
  const uncaught = `process.on("uncaughtException", (error, origin) => console.log("own", error.message, origin));`;
  const monitor = `process.on("uncaughtExceptionMonitor", (error, origin) => console.log("monitor", error.message, origin));`;
  const rejected = `process.on("unhandledRejection", (reason) => console.log("own", reason.message));`;
  const alive = "alive Completed undefined undefined\n";
  const told = (body: string, before: string) => {
    const { code, out } = run("activity", body, { before });
    return [code, out];
  };
  assert.deepEqual(told(REJECTS, uncaught), [0, `own left behind unhandledRejection\n${alive}`]);
  assert.deepEqual(told(REJECTS, monitor + uncaught), [
    0,
    `monitor left behind unhandledRejection\nown left behind unhandledRejection\n${alive}`,
  ]);
  assert.deepEqual(told(LEAVES["a throw in a timer"] ?? "", uncaught), [0, `own left behind uncaughtException\n${alive}`]);
  assert.deepEqual(told(REJECTS, rejected), [0, `own left behind\n${alive}`]);
});

const TICKS = ["a throw in process.nextTick", "a throw in a listener of an EventTarget"];
for (const how of TICKS) {
  test(`it stops the orchestrator's instance, never the process: ${how}`, () => {
    const { code, out, err } = run("orchestrator", LEAVES[how] ?? "");
    assert.equal(code, 0, err);
    assert.match(out, /^alive Pending TICK_FAILED A callback that "flow" \(i\) gave to process\.nextTick threw: left behind\. /);
  });
}

test("an orchestrator's own setImmediate is refused, and a throw in its microtask fails it", () => {
  const immediate = run("orchestrator", LEAVES["a throw in setImmediate"] ?? "");
  assert.match(immediate.out, /^alive Pending GUARDED_CALL /);
  const microtask = run("orchestrator", LEAVES["a throw in a microtask"] ?? "");
  assert.match(microtask.out, /^alive Failed /);
});

test("a tick that throws after the episode stops the instance at its next one", () => {
  const later = `queueMicrotask(() => process.nextTick(() => process.nextTick(() => process.nextTick(() => { throw new Error("left behind"); }))))`;
  const { code, out, err } = run("orchestrator", later);
  assert.equal(code, 0, err);
  assert.match(`${out}${err}`, /gave to process\.nextTick threw: left behind/);
});
