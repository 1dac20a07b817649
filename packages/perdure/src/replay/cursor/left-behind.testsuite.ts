import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import type { FunctionKind } from "../../model/function-kind.ts";
import { entryOf, PROGRAM_OPTIONS } from "../../process/testing/programs.ts";

const INDEX = JSON.stringify(entryOf("index"));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface How {
  readonly argv?: readonly string[];
  readonly nodeOptions?: string;
  /** Runs before the hub is opened. */
  readonly before?: string;
}

/** A program with a hub in it whose function does `body`; it says "alive" when it is, 150 ms later, and what became of the instance. */
export function run(kind: FunctionKind, body: string, { argv = [], nodeOptions = "", before = "" }: How = {}): Ran {
  const orchestration = {
    activity: "(ctx) => ctx.callActivity(sloppy)",
    entity: '(ctx) => ctx.entity(till, "a").call.sloppy()',
    orchestrator: `async (ctx) => { ${body}; await ctx.createTimer("1h"); }`,
  }[kind];
  const program = `
    import { activity, entity, orchestrator, TaskHub } from ${INDEX};
    ${before}
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const sloppy = activity("sloppy", async () => { ${kind === "activity" ? body : ""}; await pause(50); return "done"; });
    const operations = { sloppy: async () => { ${kind === "entity" ? body : ""}; await pause(50); } };
    const till = entity("till", { initialState: () => 0, operations });
    const flow = orchestrator("flow", ${orchestration});
    const hub = await TaskHub.open("memory:", { functions: [flow, sloppy, till] });
    await hub.start();
    const run = await hub.client.startNew(flow, { instanceId: "i" });
    ${kind === "orchestrator" ? "await pause(150);" : "await run.result({ timeout: '10s' });"}
    const { runtimeStatus, stopped } = await run.status();
    console.log("alive", runtimeStatus, stopped?.code, stopped?.message);
    await hub.close();
  `;
  const env = { ...process.env, NODE_OPTIONS: nodeOptions };
  const ran = spawnSync(process.execPath, [...argv, ...PROGRAM_OPTIONS, "--input-type=module", "-e", program], {
    encoding: "utf8",
    timeout: 20_000,
    env,
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

export const REJECTS = `Promise.reject(new Error("left behind"))`;

export interface Mode {
  readonly how: How;
  readonly code: number;
  readonly lives: boolean;
}

/** What Node was told to do with unhandled rejections. */
export function modeCases(modes: readonly Mode[]): void {
  for (const { how, code, lives } of modes) {
    test(`Node's mode holds: NODE_OPTIONS=${how.nodeOptions ?? ""} node ${how.argv?.join(" ") ?? ""}`, () => {
      const ran = run("activity", REJECTS, how);
      assert.equal(ran.code, code, ran.err);
      assert.equal(ran.out, lives ? "alive Completed undefined undefined\n" : "", ran.err);
      assert.match(ran.err, /Activity "sloppy"/);
    });
  }
}

export const LEAVES = {
  "a rejection that is not handled": REJECTS,
  "a rejection with a value": `Promise.reject("left behind")`,
  "a throw in a timer": `setTimeout(() => { throw new Error("left behind"); }, 1)`,
  "a throw in setImmediate": `setImmediate(() => { throw new Error("left behind"); })`,
  "a throw in process.nextTick": `process.nextTick(() => { throw new Error("left behind"); })`,
  "a throw in a microtask": `queueMicrotask(() => { throw new Error("left behind"); })`,
  "a throw in a listener of an EventTarget": `
    const target = new EventTarget();
    target.addEventListener("x", () => { throw new Error("left behind"); });
    target.dispatchEvent(new Event("x"))`,
} as const;

type Leaves = keyof typeof LEAVES;

export function activityCases(all: readonly Leaves[]): void {
  for (const how of all) {
    test(`what an activity leaves behind ends the process with its name in the last output: ${how}`, () => {
      const { code, out, err } = run("activity", LEAVES[how]);
      assert.deepEqual([code, out], [1, ""]);
      assert.match(err, /Activity "sloppy" \(i:0:0\): .*left behind/);
      assert.match(err.slice(err.indexOf("sloppy")), /\n.*left behind/, "Node's own words are there too");
    });
  }
}

export function entityCases(all: readonly Leaves[]): void {
  for (const how of all) {
    test(`what an operation of an entity leaves behind does so too: ${how}`, () => {
      const { code, out, err } = run("entity", LEAVES[how]);
      assert.deepEqual([code, out], [1, ""]);
      assert.match(err, /Entity "till": .*left behind/);
    });
  }
}

export function orchestratorCases(all: readonly Leaves[]): void {
  for (const how of all) {
    test(`it stops the orchestrator's instance, never the process: ${how}`, () => {
      const { code, out, err } = run("orchestrator", LEAVES[how]);
      assert.equal(code, 0, err);
      assert.match(out, /^alive Pending TICK_FAILED A callback that "flow" \(i\) gave to process\.nextTick threw: left behind\. /);
    });
  }
}

export const ALIVE = "alive Completed undefined undefined\n";
export const OWN_UNCAUGHT = `process.on("uncaughtException", (error, origin) => console.log("own", error.message, origin));`;
export const OWN_MONITOR = `process.on("uncaughtExceptionMonitor", (error, origin) => console.log("monitor", error.message, origin));`;
export const OWN_REJECTION = `process.on("unhandledRejection", (reason) => console.log("own", reason.message));`;

/** The code and what was printed of a program that has those listeners. */
export function told(how: Leaves, before: string): readonly [number | null, string] {
  const { code, out } = run("activity", LEAVES[how], { before });
  return [code, out];
}
