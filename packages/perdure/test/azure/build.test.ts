import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { builtEntryPoints } from "../../src/azure/azure-app.ts";
import { buildOutput } from "../../src/azure/guest/build-output.ts";
import { whyBuild } from "../../src/azure/guest/build-step.ts";
import { readManifest } from "../../src/azure/recognise.ts";
import { azureFolder, CARELESS, makeOld, UNFINISHED, unbuilt } from "./testing/azure-folder.ts";

const app = (manifest: { readonly [key: string]: unknown } = {}) =>
  azureFolder({
    files: { "src/functions/a.ts": "", "dist/src/functions/a.js": "", "dist/src/functions/a.d.ts": "" },
    manifest: { main: "dist/src/functions/*.js", scripts: { build: "tsc" }, ...manifest },
  });

test("an app whose built files are newer than its sources is not built again", () => {
  using folder = app();
  makeOld(join(folder.path, "src/functions/a.ts"), 60);
  assert.equal(whyBuild(readManifest(folder.path)), null);
});

test("a source that is newer than all built files is the reason for a build", () => {
  using folder = app();
  makeOld(join(folder.path, "dist/src/functions/a.js"), 60);
  assert.equal(whyBuild(readManifest(folder.path)), "src/functions/a.ts is newer than what is in dist");
});

test("missing built files are the reason for a build", () => {
  using folder = app();
  rmSync(join(folder.path, "dist"), { recursive: true });
  assert.equal(whyBuild(readManifest(folder.path)), 'there is no file by "main": "dist/src/functions/*.js"');
});

test("an app without a build script, or whose entry files are its sources, is never built", () => {
  using without = app({ scripts: {} });
  makeOld(join(without.path, "dist/src/functions/a.js"), 60);
  using sources = app({ main: "src/functions/*.ts" });
  using elsewhere = azureFolder({
    files: { "functions/a.ts": "", "other.ts": "" },
    manifest: { main: "functions/*.ts", scripts: { build: "tsc" } },
  });
  makeOld(join(elsewhere.path, "functions/a.ts"), 60);
  for (const { path } of [without, sources, elsewhere]) assert.equal(whyBuild(readManifest(path)), null);
});

const files = (path: string) => builtEntryPoints(readManifest(path), () => {});

test("a build that fails is told with its code and the end of what it said", async () => {
  using folder = unbuilt("console.log('x'.repeat(100_000)); console.error('a.ts(1,2): error TS1: wrong'); throw 'it failed';");
  await assert.rejects(files(folder.path), (error: Error & { readonly code?: string }) => {
    assert.equal(error.code, "APP_NOT_BUILT");
    assert.match(
      error.message,
      /has to be built \(there is no file by "main": "dist\/\*\.js"\), and "npm run build" ended with code 1\. It said:\n/,
    );
    assert.match(error.message, /a\.ts\(1,2\): error TS1: wrong\n.*Nothing was started\. Run it there and correct what it says\.$/s);
    assert.ok(error.message.length < 4_500);
    return true;
  });
});

test("a build that has failed is made again until one succeeds, whatever it has written; what another build has made since then is taken", async () => {
  using folder = unbuilt(CARELESS);
  folder.write("wrong", "");
  const why = () => whyBuild(readManifest(folder.path));
  await assert.rejects(files(folder.path), { code: "APP_NOT_BUILT" });
  assert.ok(existsSync(join(folder.path, "dist/a.js")));
  assert.equal(why(), UNFINISHED);
  const mark = join(folder.path, "dist/.perdure-build");
  const { atime, mtime } = statSync(mark);
  makeOld(mark, 60);
  assert.equal(why(), null);
  utimesSync(mark, atime, mtime);
  rmSync(join(folder.path, "wrong"));
  assert.deepEqual(await files(folder.path), [join(folder.path, "dist/a.js")]);
  assert.deepEqual([why(), readdirSync(join(folder.path, "dist"))], [null, ["a.js"]]);
});

test("of what a build has said the lines that tell of an error are shown, and not those of npm", () => {
  const lines = Array.from({ length: 39 }, (_, at) => `  context ${at}\r\n\u001b[31ma.ts(${at},1): error TS2322: wrong\u001b[0m\n`);
  const errors = Array.from({ length: 12 }, (_, at) => `a.ts(${at},1): error TS2322: wrong`);
  assert.equal(buildOutput(`\n> app@1.0.0 build\n> tsc\n\n${lines.join("")}npm error code 1\n`), [...errors, "(66 more lines)"].join("\n"));
  assert.equal(buildOutput('npm error Missing script: "build"\n'), 'npm error Missing script: "build"');
});

test("an app that has no entry files, and none to make any, is told so", async () => {
  using without = app({ main: "out/*.js", scripts: {} });
  await assert.rejects(
    files(without.path),
    /no file is found by "main": "out\/\*\.js", and there is no script "build" that would make one/,
  );
});
