import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "node:test";
import { ROOT } from "./paths.ts";
import { sharingProcesses, shownName, writeSharedTest } from "./shared-process.ts";
import { gateTests } from "./test-files.ts";

test("test files of one part share a process, and none that changes or measures its own, or takes long for what it starts", () => {
  const groups = sharingProcesses(gateTests());
  const groupOf = (path: string) => groups.find(({ files }) => files.includes(path))?.name ?? null;
  assert.deepEqual(Object.fromEntries(Object.keys(EXPECTED).map((file) => [file, groupOf(file)])), EXPECTED);
});

const EXPECTED: Readonly<Record<string, string | null>> = {
  "packages/perdure/src/core/core.test.ts": "of sources",
  "packages/perdure/src/cli/refusals.test.ts": "of the command line",
  "packages/perdure/test/values/times.test.ts": "of the engine",
  "packages/perdure/test/stores/postgres/opening.test.ts": "of stores and examples",
  "packages/perdure/src/model/json-scan.test.ts": null, // measures processor time
  "packages/perdure/src/replay/globals/unhandled-rejections.test.ts": null, // counts the listeners of its process
  "packages/perdure/test/stores/sqlite/other-thread.test.ts": null, // loads changed sources
  "packages/perdure/test/kills/kills.test.ts": null,
  "packages/perdure/test/postgres/cases.test.ts": null,
};

test("the file that runs them has a suite for each, with the file's own hooks; one that fails, hangs or cannot be loaded leaves the others alone", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-shared-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [forAll = "", ...files] = Object.entries(FILES).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return relative(ROOT, join(folder, name));
  });
  const path = writeSharedTest({ name: "of a test", files }, 300, [forAll]);
  t.after(() => rmSync(path));
  assert.equal(shownName(path), "4 test files in one process of a test");
  assert.match(readFileSync(path, "utf8"), /^await file\("[^"]*a\.test\.mjs", /m);
  const { stdout, status } = spawnSync(process.execPath, ["-C", "perdure-source", "--test-reporter=tap", path], {
    encoding: "utf8",
    env: ENVIRONMENT,
  });
  const results = [...stdout.matchAll(/^ *(ok|not ok) \d+ - (.*)$/gm)].map(([, result, name]) => `${result} ${name?.split("/").at(-1)}`);
  assert.deepEqual(results, [
    "ok good",
    "not ok bad",
    "not ok a.test.mjs",
    "not ok hangs",
    "not ok b.test.mjs",
    "not ok c.test.mjs",
    "ok last",
    "ok no promise is followed",
    "ok d.test.mjs",
    "not ok files in one process",
  ]);
  assert.match(stdout, /location: '[^']*a\.test\.mjs:4:1'/);
  assert.equal(status, 1);
});

const FILES = {
  "for-all.mjs": `import { after } from "node:test";
after(() => { globalThis.allEnded = true; });`,
  "a.test.mjs": `import { after, test } from "node:test";
after(() => { globalThis.ended = true; });
test("good", () => {});
test("bad", () => { throw new Error("bad"); });`,
  "b.test.mjs": `import { test } from "node:test";
test("hangs", () => new Promise(() => {}));`,
  "c.test.mjs": `import "./missing.mjs";`,
  "d.test.mjs": `import { describe, test } from "node:test";
import { executionAsyncId } from "node:async_hooks";
describe("no promise is followed", async () => {
  await null;
  test("last", async () => {
    if (globalThis.ended !== true) throw new Error("a.test.mjs has not ended");
    if (globalThis.allEnded === true) throw new Error("what is for all files has ended before the last of them");
    const ids = new Set();
    for (let n = 0; n < 3; n++) ids.add(await Promise.resolve().then(executionAsyncId));
    if (ids.size > 1) throw new Error("promises have ids, as where each is followed");
  });
});`,
};

/** Inside a test, Node's runner speaks another format. */
const { NODE_TEST_CONTEXT: _, ...ENVIRONMENT } = process.env;
