import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { whyBuild } from "../../src/azure/guest/build-step.ts";
import { readManifest } from "../../src/azure/recognise.ts";
import { azureFolder, makeOld } from "./testing/azure-folder.ts";

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
  assert.deepEqual([whyBuild(readManifest(without.path)), whyBuild(readManifest(sources.path))], [null, null]);
});
