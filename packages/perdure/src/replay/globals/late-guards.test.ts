import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

const source = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

const PRELUDE = `
  import { installDeterministicGlobals } from ${source("./deterministic-globals.ts")};
  import { createNativeExecutor } from ${source("../../executors/native-executor.ts")};
  import { EpisodeDriver } from ${source("../../executors/testing/episode-driver.testsuite.ts")};
  import { orchestrator } from ${source("../../functions/orchestrator.ts")};
  import { FunctionRegistry } from ${source("../../functions/registry.ts")};
  installDeterministicGlobals();
  const hasLoaded = (name) => process.moduleLoadList.includes("NativeModule " + name);
  const probe = (body) => new EpisodeDriver(createNativeExecutor({ functions: new FunctionRegistry([orchestrator("Probe", body)]) }), { name: "Probe" });
  const end = async () => { console.log(hasLoaded("internal/deps/undici/undici")); process.exit(0); };
`;

/** A program of its own: the test runner has loaded Node's HTTP itself. */
function printed(program: string): readonly string[] {
  const ran = spawnSync(
    process.execPath,
    ["--conditions=perdure-source", "--input-type=module", "-e", `${PRELUDE}${program}\nawait end();`],
    {
      encoding: "utf8",
      timeout: 20_000,
    },
  );
  assert.equal(ran.stderr, "");
  return ran.stdout.trimEnd().split("\n");
}

test("a program that uses no network loads none of Node's HTTP", () => {
  assert.deepEqual(
    printed(`
      const driver = probe((ctx) => ctx.callActivity("First"));
      await driver.start();
      console.log((await driver.completed(0, 5).episode()).outcome.kind);
    `),
    ["completed", "false"],
  );
});

test("an orchestrator that is the first to touch WebSocket is stopped, in its first episode and in a later one", () => {
  const [first = "", later = "", , again = "", loaded] = printed(`
    const connect = () => new WebSocket("ws://127.0.0.1:1");
    const one = probe(async () => { connect(); });
    console.log(await one.stops("GUARDED_CALL"));
    const next = probe(async (ctx) => { await ctx.callActivity("First"); connect(); });
    await next.start();
    console.log(await next.completed(0).stops("GUARDED_CALL"));
    console.log("");
    console.log(await probe(async () => { connect(); }).stops("GUARDED_CALL"));
  `);
  for (const message of [first, later, again]) assert.match(message, /WebSocket cannot be used in an orchestrator/);
  assert.equal(loaded, "true");
});

test("a live cursor that touches WebSocket first is replayed, and stopped then", () => {
  const [message = ""] = printed(`
    const driver = probe(async (ctx) => { await ctx.callActivity("First"); new WebSocket("ws://127.0.0.1:1"); });
    await driver.start();
    console.log(await driver.completed(0).stops("GUARDED_CALL"));
  `);
  assert.match(message, /WebSocket cannot be used in an orchestrator/);
});

test("what an orchestrator may use of Node's HTTP works although it was the first to touch it", () => {
  const lines = printed(`
    const driver = probe(async (ctx) => { const sent = await ctx.callActivity("First"); return new Headers({ sent }).get("sent"); });
    await driver.start();
    console.log((await driver.completed(0, "yes").episode()).outcome.output);
  `);
  assert.deepEqual(lines, ['"yes"', "true"]);
});

test("a class that the program has put there is guarded, and stays what it is elsewhere", () => {
  const [message = "", name] = printed(`
    await import("node:http");
    globalThis.WebSocket = class Own { name = "own"; };
    console.log(await probe(async () => { new WebSocket(""); }).stops("GUARDED_CALL"));
    console.log(new WebSocket("").name);
  `);
  assert.match(message, /WebSocket cannot be used in an orchestrator/);
  assert.equal(name, "own");
});
