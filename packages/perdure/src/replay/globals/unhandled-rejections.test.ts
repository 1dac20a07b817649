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
  const uninstall = installDeterministicGlobals();
`;

/** A program of its own: the test runner listens for unhandled rejections itself. */
function run(program: string): { readonly code: number | null; readonly out: string; readonly err: string } {
  const ran = spawnSync(process.execPath, ["--conditions=perdure-source", "--input-type=module", "-e", PRELUDE + program], {
    encoding: "utf8",
    timeout: 20_000,
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

test("a rejected branch that is not awaited is a warning on its instance and nothing else", () => {
  const { code, out, err } = run(`
    const functions = new FunctionRegistry([orchestrator("Probe", async (ctx) => {
      void (async () => { await null; throw new RangeError("lost branch"); })();
      return await ctx.callActivity("First");
    })]);
    const executor = createNativeExecutor({ functions, log: (entry) => console.log(entry.level, entry.event, entry.instanceId, entry.fields.error.message) });
    const driver = new EpisodeDriver(executor, { name: "Probe" });
    await driver.start();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { outcome } = await driver.completed(0, 5).episode();
    console.log(JSON.stringify(outcome));
  `);
  assert.equal(err, "");
  assert.equal(out, 'warn orchestrator.branch-rejected instance-1 lost branch\n{"kind":"completed","output":"5"}\n');
  assert.equal(code, 0);
});

test("a program's own rejection still ends it, with the error", () => {
  const own = run(`Promise.reject(new TypeError("the program's own")); setTimeout(() => console.log("went on"), 20);`);
  assert.equal(own.code, 1);
  assert.match(own.err, /TypeError: the program's own/);
  assert.equal(own.out, "");
  const value = run("Promise.reject(5);");
  assert.equal(value.code, 1);
  assert.match(value.err, /rejected with the reason "5"[\s\S]*ERR_UNHANDLED_REJECTION/);
  const handled = run(`process.on("unhandledRejection", (reason) => console.log("own handler", reason)); Promise.reject(5);`);
  assert.deepEqual([handled.code, handled.out], [0, "own handler 5\n"]);
});

test("when the last user has gone, so has the listener", () => {
  const { code, out } = run(`
    const second = installDeterministicGlobals();
    uninstall(); uninstall();
    console.log(process.listenerCount("unhandledRejection"));
    second();
    console.log(process.listenerCount("unhandledRejection"));
  `);
  assert.deepEqual([code, out], [0, "1\n0\n"]);
});
