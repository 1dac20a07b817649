import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { test } from "node:test";
import { sharingOneProcess, shownName, writeSharedTest } from "./shared-process.ts";
import { gateTests } from "./test-files.ts";

test("small tests share a process, and none that starts processes, changes its own or needs a server", () => {
  const shared = sharingOneProcess(gateTests());
  for (const file of ["packages/perdure/src/core/core.test.ts", "packages/perdure/src/model/date-text.test.ts"])
    assert.ok(shared.includes(file), file);
  const alone = [
    "packages/perdure/src/cli/start.test.ts", // starts processes
    "packages/perdure/src/cli/environment.test.ts", // reads process.env
    "packages/perdure/src/model/json-scan.test.ts", // measures processor time
    "packages/perdure/src/replay/globals/unhandled-rejections.test.ts", // listens to its process
    "packages/perdure/test/kills/kills.test.ts",
    "packages/perdure/test/postgres/cases.test.ts",
    "scripts/lib/shared-process.test.ts",
  ];
  for (const file of alone) assert.ok(!shared.includes(file), file);
});

test("the file that runs them imports each, and is shown by their number", () => {
  const path = writeSharedTest(["a.test.ts", "b.test.ts"]);
  try {
    assert.match(readFileSync(path, "utf8"), /^await import\("file:.*\/a\.test\.ts"\);\nawait import\("file:.*\/b\.test\.ts"\);\n$/);
    assert.equal(shownName(path), "2 small test files in one process");
  } finally {
    rmSync(path);
  }
});
