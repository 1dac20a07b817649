import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { builtEntryPoints } from "../../src/azure/azure-app.ts";
import { buildApp, whyBuild } from "../../src/azure/guest/build-step.ts";
import { readManifest } from "../../src/azure/recognise.ts";
import { CliProcess, isRunning } from "../../src/cli/testing/spawn-cli.ts";
import { until } from "../../src/process/testing/until.ts";
import { CARELESS, makeOld, UNFINISHED, unbuilt } from "./testing/azure-folder.ts";

test("a build that does not end is ended, and told so; without npm it cannot be started", async () => {
  using folder = unbuilt(
    "require('node:fs').writeFileSync('pid', String(process.pid)); console.log('watching'); setInterval(() => {}, 1_000);",
  );
  const forEver = buildApp(folder.path, "it is old", 3_000);
  await assert.rejects(
    forEver,
    /\(it is old\), and "npm run build" did not end within 3 s, as a script that watches its sources never does/,
  );
  const path = join(folder.path, "pid");
  if (existsSync(path)) await until("the end of the script", () => !isRunning(Number(readFileSync(path, "utf8"))), 30_000);
  await assert.rejects(buildApp(join(folder.path, "nowhere"), "it is old"), /"npm run build" could not be started: spawn npm ENOENT/);
});

test("what a build has written so far is not taken while it runs, nor when it was cut off", async () => {
  using folder = unbuilt(CARELESS);
  const build = () => builtEntryPoints(readManifest(folder.path), () => {});
  await build();
  makeOld(join(folder.path, "dist/a.js"), 60);
  folder.write("a.ts", "");
  folder.write("wait", "");
  const why = () => whyBuild(readManifest(folder.path));
  const building = build();
  await until("what the build writes", () => why() === UNFINISHED, 60_000);
  rmSync(join(folder.path, "wait"));
  await building;
  assert.equal(why(), null);
});

test("a host that is stopped while the app is built takes the build with it", async () => {
  using folder = unbuilt("require('node:fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1_000);");
  await using host = new CliProcess(["start", ".", "--port", "0", "--store", "memory:"], folder.path);
  const path = join(folder.path, "pid");
  const pid = await until("the start of the script", () => existsSync(path) && Number(readFileSync(path, "utf8")), 60_000);
  host.signal("SIGTERM");
  assert.equal(await host.exited, 143);
  assert.match(host.output, /Building the app, since there is no file by/);
  await until("the end of the script", () => !isRunning(pid), 30_000);
});

const files = (path: string) => builtEntryPoints(readManifest(path), () => {});

test("a build that prints 5 MB runs to its end", async () => {
  using folder = unbuilt(
    "console.log('x'.repeat(5_000_000)); require('node:fs').mkdirSync('dist'); require('node:fs').writeFileSync('dist/a.js', '');",
  );
  assert.deepEqual(await files(folder.path), [join(folder.path, "dist/a.js")]);
});

test("a build that makes no entry files is told so", async () => {
  using folder = unbuilt("");
  await assert.rejects(
    files(folder.path),
    /no file is found by "main": "dist\/\*\.js", although "npm run build" has just run without an error/,
  );
});
