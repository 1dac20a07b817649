import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OrchestratorContext, TaskHub } from "perdure";
import { activity, orchestrator } from "perdure";
import type { StoreKind } from "../testing/grounds.ts";
import { flow, Versions } from "./versions.testsuite.ts";

/** Its child has a version that only newer workers take. */
const calls = orchestrator("Calls", { version: "1.9" }, async (ctx) =>
  ctx.callSubOrchestrator("Flow", null, { version: "1.10", instanceId: "child" }),
);

interface Case {
  readonly store: StoreKind;
  readonly keepCursors: boolean;
}

export function versionCases(cases: readonly Case[]): void {
  for (const { store, keepCursors } of cases) {
    describe(`${store}, ${keepCursors ? "with" : "without"} cursors`, { concurrency: 4 }, () => {
      test("old and new workers side by side: none runs what it does not take", async () => {
        await using versions = await Versions.open(store, keepCursors);
        const strict = { versionMatchStrategy: "CurrentOrOlder" } as const;
        const old = await versions.worker({ ...strict, functions: [flow("old", "1.9"), calls] });
        const now = await versions.worker({ ...strict, functions: [flow("new", "1.10")] });
        const outside = await versions.hub({ functions: [] });
        const started = await Promise.all(
          [old, now, outside].flatMap((hub, place) =>
            ["1.8", "1.9", "1.10", undefined].map(async (version) => {
              const run = await hub.client.startNew("Flow", {
                instanceId: `${place}-${version}`,
                ...(version === undefined ? {} : { version }),
              });
              return { run, place, version };
            }),
          ),
        );
        const parent = await old.client.startNew("Calls", { instanceId: "parent" });
        for (const { run } of started) await run.raiseEvent("Go");
        for (const { run, place, version } of started) {
          const ran = await run.result({ timeout: "20s" });
          const recorded = version ?? ["1.9", "1.10", null][place];
          assert.match(String(ran), new RegExp(`^(old|new)/(old|new) ${recorded}$`));
          if (recorded === "1.10") assert.match(String(ran), /^new\/new /, run.instanceId);
        }
        await versions.until("the child waits", () => outside.client.getStatus("child"));
        await outside.client.raiseEvent("child", "Go");
        assert.equal(await parent.result({ timeout: "20s" }), "new/new 1.10");
      });

      test("Reject: it waits, and a line of the log says what live workers take; a worker that takes it runs it", async () => {
        await using versions = await Versions.open(store, keepCursors);
        const old = await versions.worker({ functions: [flow("old", "1.0")], versionMatchStrategy: "CurrentOrOlder" });
        const run = await old.client.startNew("Flow", { version: "2.0" });
        await run.raiseEvent("Go");
        const told = await versions.until("it is said", () => versions.log.find(({ event }) => event === "version.not-taken"));
        assert.match(told.message, /orchestrator "flow" with "2\.0" wait: live workers take "1\.0" or older\./);
        await assert.rejects(run.result({ timeout: "50ms" }), {
          code: "RESULT_TIMEOUT",
          message: /It waits, since it has "2\.0", and live workers take "1\.0" or older: start one that takes it\./,
        });
        assert.deepEqual([(await run.status()).runtimeStatus, (await run.status()).stopped ?? null], ["Pending", null]);
        assert.equal(versions.claimsOf(old), 0, "what is taken and given back would be taken again, without end");
        const now = await versions.worker({ functions: [flow("new", "2.0")], versionMatchStrategy: "Strict" });
        assert.equal(await run.result({ timeout: "20s" }), "new/new 2.0");
        assert.deepEqual([versions.claimsOf(old), versions.claimsOf(now) > 0], [0, true]);
        assert.equal(versions.log.filter(({ event }) => event === "version.not-taken").length, 1);
      });

      test("Fail: it fails once no live worker takes it, and not while one does", async () => {
        await using versions = await Versions.open(store, keepCursors);
        const fail = { versionMatchStrategy: "Strict", versionFailureStrategy: "Fail" } as const;
        const old = await versions.worker({ ...fail, functions: [flow("old", "1.0")] });
        const now = await versions.worker({ ...fail, functions: [flow("new", "2.0")] });
        const taken = await old.client.startNew("Flow", { version: "2.0" });
        const none = await old.client.startNew("Flow", { version: "2.1" });
        await assert.rejects(none.result({ timeout: "20s" }), (error: { readonly cause?: unknown; readonly message: string }) => {
          assert.match(
            error.message,
            /Orchestration version did not comply with Worker Versioning: "Flow" \(.*\) has "2\.1", and live workers take "1\.0", "2\.0"\./,
          );
          return true;
        });
        assert.equal((await taken.status()).runtimeStatus, "Running");
        await now.close();
        await taken.raiseEvent("Go");
        await assert.rejects(taken.result({ timeout: "20s" }), /has "2\.0", and live workers take "1\.0"\./);
      });

      test("a timer in a version that this worker has not seen is taken when it is due", async () => {
        await using versions = await Versions.open(store, keepCursors);
        const hub = await versions.worker({ functions: [flow("code", "3.0")], versionMatchStrategy: "CurrentOrOlder" });
        const run = await hub.client.startNew("Flow", { version: "2.5", startAt: new Date(Date.now() + 400) });
        await run.raiseEvent("Go");
        assert.equal(await run.result({ timeout: "20s" }), "code/code 2.5");
      });

      test("a loop that continues as a newer version leaves the worker that does not take it", async () => {
        await using versions = await Versions.open(store, keepCursors);
        const loop = (code: string, version: string) =>
          orchestrator("Loop", { version }, async (ctx, rounds: readonly string[]): Promise<readonly string[]> => {
            const said = [...rounds, `${code} ${ctx.version}`];
            return said.length === 2 ? said : (ctx.continueAsNew(said, { version: "2.0" }) as never);
          });
        const strict = { versionMatchStrategy: "Strict" } as const;
        const old = await versions.worker({ ...strict, functions: [loop("old", "1.0")] });
        await versions.worker({ ...strict, functions: [loop("new", "2.0")] });
        await versions.know();
        const run = await old.client.startNew("Loop", { version: "1.0", input: [] });
        assert.deepEqual(await run.result({ timeout: "20s" }), ["old 1.0", "new 2.0"]);
      });

      test("several versions in one process: each runs its own, in both episodes; what none has goes to the nearest newer one", async () => {
        await using versions = await Versions.open(store, keepCursors);
        const functions = [flow("two", "2.0"), flow("one", "1.0"), flow("three", "3.0")];
        const hub = await versions.worker({ functions, versionMatchStrategy: "CurrentOrOlder" });
        const wanted = { "1.0": "one/one 1.0", "2.0": "two/two 2.0", "1.5": "two/two 1.5", "0.1": "one/one 0.1", "3.0": "three/three 3.0" };
        for (const [version, ran] of Object.entries(wanted)) {
          const run = await hub.client.startNew("Flow", { version });
          await run.raiseEvent("Go");
          assert.equal(await run.result({ timeout: "20s" }), ran);
        }
        const run = await hub.client.startNew("Flow");
        await run.raiseEvent("Go");
        assert.equal(await run.result({ timeout: "20s" }), "three/three 3.0");
      });

      test("patches over a deploy: one that had passed the place stays, one that had not takes it, and then the call is deleted", async () => {
        await using versions = await Versions.open(store, keepCursors);
        const waits = (ctx: OrchestratorContext<void>) => ctx.waitForExternalEvent("Go");
        const deploy = (body: (ctx: OrchestratorContext<void>) => Promise<string>) =>
          versions.worker({ functions: [orchestrator("Patched", body), activity("Old", () => "old"), activity("New", () => "new")] });
        const before = await deploy(async (ctx) => {
          await waits(ctx);
          const said = await ctx.callActivity("Old");
          await waits(ctx);
          return String(said);
        });
        for (const instanceId of ["early", "late"]) await before.client.startNew("Patched", { instanceId });
        await before.client.raiseEvent("late", "Go");
        const asked = async (hub: TaskHub, instanceId: string, kind: string) =>
          (await hub.client.getStatus(instanceId, { showHistory: true }))?.history?.some((event) => event.kind === kind);
        await versions.until("one has passed", () => asked(before, "late", "TaskCompleted"));
        await before.close();
        const after = await deploy(async (ctx) => {
          await waits(ctx);
          const said = await ctx.callActivity(ctx.patched("new") ? "New" : "Old");
          await waits(ctx);
          return String(said);
        });
        await after.client.raiseEvent("early", "Go");
        await versions.until("the other has passed", () => asked(after, "early", "TaskCompleted"));
        await after.client.raiseEvent("late", "Go");
        assert.equal((await after.client.waitForCompletion("late", { timeout: "20s" })).output, "old");
        assert.deepEqual([await asked(after, "late", "PatchMarked"), await asked(after, "early", "PatchMarked")], [false, true]);
        await after.close();
        const last = await deploy(async (ctx) => {
          await waits(ctx);
          const said = await ctx.callActivity("New");
          await waits(ctx);
          return String(said);
        });
        await last.client.raiseEvent("early", "Go");
        assert.equal((await last.client.waitForCompletion("early", { timeout: "20s" })).output, "new");
      });

      test("the default version is stamped on starts, children and starts from orchestrations; a version at the call or the definition wins", async () => {
        await using versions = await Versions.open(store, keepCursors);
        const child = orchestrator("Child", async (ctx) => ctx.version);
        const own = orchestrator("Own", { version: "own" }, async (ctx) => ctx.version);
        const main = orchestrator("Main", async (ctx) => {
          const started = ctx.startOrchestration(child, undefined, { instanceId: `${ctx.instanceId}-started` });
          const calls = [
            ctx.callSubOrchestrator(child),
            ctx.callSubOrchestrator("Child", null, { version: "call" }),
            ctx.callSubOrchestrator(own),
          ];
          return [ctx.version, ...(await ctx.all(calls)), started];
        });
        const hub = await versions.worker({ functions: [main, child, own], defaultVersion: "7.0", versionMatchStrategy: "None" });
        const run = await hub.client.startNew(main, { instanceId: "main" });
        assert.deepEqual(await run.result({ timeout: "20s" }), ["7.0", "7.0", "call", "own", "main-started"]);
        assert.equal((await hub.client.waitForCompletion("main-started", { timeout: "20s" })).version, "7.0");
        const given = await hub.client.startNew("Child", { version: "given" });
        assert.equal(await given.result({ timeout: "20s" }), "given");
      });
    });
  }
}
