import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { OrchestratorContext, RegisteredFunction } from "perdure";
import { activity, orchestrator, TaskHub } from "perdure";
import { createHttpHandler } from "perdure/http";
import { runCommand } from "../../src/cli/testing/run-command.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import { sameName } from "../../src/model/function-name.ts";

const folder = mkdtempSync(join(tmpdir(), "perdure-names-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const freshFile = () => `file:${join(mkdtempSync(join(folder, "hub-")), "hub.db")}`;

/** As asked for, and as registered. */
const PAIRS = [
  ["shipOrder", "SHIPORDER"],
  ["ΟΔΟΣ", "οδος"],
  ["οδοσ", "ΟΔΟΣ"],
  ["\u00b5g", "\u03bcG"],
  ["ſhip", "SHIP"],
  ["STRAẞE", "straße"],
  ["\u212aelvin", "kelvin"],
  ["İptal", "i\u0307ptal"],
  ["strasse", "straße"],
  ["ﬁx", "fix"],
  ["ship", "ships"],
] as const;

type Names = { readonly asked: string; readonly registered: string };

/** Through each of these a function, or an event, is found by its name: true when it was. */
const DOORS: { readonly [door: string]: (names: Names) => boolean | Promise<boolean> } = {
  "the registry": ({ asked, registered }) => new FunctionRegistry([activity(registered, () => 1)]).find("activity", asked) !== null,

  "two in one list": ({ asked, registered }) => {
    try {
      new FunctionRegistry([activity(registered, () => 1), orchestrator(asked, async () => 1)]);
      return false;
    } catch (error) {
      assert.equal((error as { readonly code?: string }).code, "FUNCTION_NAME_DUPLICATE");
      return true;
    }
  },

  "a start by the client": async ({ asked, registered }) => {
    await using hub = await running([orchestrator(registered, async () => "found")]);
    return await isFound(hub.client.startNew(asked), "FUNCTION_UNKNOWN");
  },

  "a start that a worker finds in the store": async ({ asked, registered }) => {
    const store = freshFile();
    const starter = await TaskHub.open(store, { functions: [], log: false });
    const { instanceId } = await starter.client.startNew(asked);
    await starter.close();
    await using hub = await running([orchestrator(registered, async () => "found")], store);
    const timeout = sameName(asked, registered) ? "20s" : "300ms";
    const end = await hub.client.waitForCompletion(instanceId, { timeout }).catch((error: { readonly code?: string }) => error.code);
    if (typeof end === "object") return end.output === "found";
    assert.equal(end, "RESULT_TIMEOUT");
    return false;
  },

  "a call of an activity": ({ asked, registered }) =>
    finds(
      activity(registered, () => "found"),
      (ctx) => ctx.callActivity(asked),
    ),

  "a call of an orchestrator": ({ asked, registered }) =>
    finds(
      orchestrator(registered, async () => "found"),
      (ctx) => ctx.callSubOrchestrator(asked),
    ),

  "an event": async ({ asked, registered }) => {
    const waits = orchestrator("waits", async (ctx) => {
      const end = ctx.waitForExternalEvent<string>("the end");
      return (await ctx.any([ctx.waitForExternalEvent<string>(registered), end])).winner.result;
    });
    await using hub = await running([waits]);
    const run = await hub.client.startNew(waits);
    await run.raiseEvent(asked, "found");
    await run.raiseEvent("the end", "end").catch((error: { readonly code?: string }) => assert.equal(error.code, "INSTANCE_DONE"));
    return (await run.result()) === "found";
  },

  "a limit of an activity": async ({ asked, registered }) => {
    const open = TaskHub.open("memory:", { functions: [activity(registered, () => 1)], maxConcurrent: { each: { [asked]: 1 } } });
    return open.then(
      (hub) => hub.close().then(() => true),
      (error: { readonly code?: string }) => {
        assert.equal(error.code, "OPTION_UNKNOWN");
        return false;
      },
    );
  },

  "a start over HTTP": async ({ asked, registered }) => {
    await using hub = await running([orchestrator(registered, async () => "found")]);
    const url = `http://localhost/runtime/webhooks/durabletask/orchestrators/${encodeURIComponent(asked)}`;
    return (await createHttpHandler(hub)(new Request(url, { method: "POST" }))).status === 202;
  },

  "a start by the command line": async ({ asked, registered }) => {
    const store = freshFile();
    await using _hub = await running([orchestrator(registered, async () => "found")], store);
    const { code, err } = await runCommand(["start-new", asked, "--store", store]);
    if (code !== 0) assert.match(err, /not an orchestrator function/);
    return code === 0;
  },
};

export async function running(functions: readonly RegisteredFunction[], store = "memory:"): Promise<TaskHub> {
  const hub = await TaskHub.open(store, { functions, log: false });
  await hub.start();
  return hub;
}

async function finds(called: RegisteredFunction, call: (ctx: OrchestratorContext<void>) => PromiseLike<unknown>): Promise<boolean> {
  const caller = orchestrator("the caller", async (ctx) => String(await call(ctx)));
  await using hub = await running([called, caller]);
  return await isFound(hub.client.startNew(caller), "ORCHESTRATION_FAILED");
}

async function isFound(start: Promise<{ result(): Promise<unknown> }>, otherwise: string): Promise<boolean> {
  try {
    return (await (await start).result()) === "found";
  } catch (error) {
    assert.equal((error as { readonly code?: string }).code, otherwise);
    return false;
  }
}

export interface Case extends Names {
  readonly door: string;
}

/** Each pair through each door. */
export const CASES: readonly Case[] = Object.keys(DOORS).flatMap((door) =>
  PAIRS.map(([asked, registered]) => ({ door, asked, registered })),
);

export function namesSuite(cases: readonly Case[]): void {
  describe("names are equal exactly if their keys are", () => {
    for (const { door, asked, registered } of cases)
      test(`${door}: ${asked} and ${registered}`, async () => {
        assert.equal(await DOORS[door]?.({ asked, registered }), sameName(asked, registered));
      });
  });
}
