import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import type { FunctionKind } from "../../model/function-kind.ts";

const INDEX = JSON.stringify(new URL("../../index.ts", import.meta.url).href);

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
  const ran = spawnSync(process.execPath, [...argv, "--conditions=perdure-source", "--input-type=module", "-e", program], {
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
