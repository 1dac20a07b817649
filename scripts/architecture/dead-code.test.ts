import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ROOT } from "../lib/paths.ts";
import { findSources } from "../lib/test-files.ts";
import { deadCode } from "./dead-code.ts";

const SRC = "packages/perdure/src";

function problems(files: Record<string, string>): string[] {
  return deadCode(Object.entries(files).map(([path, text]) => ({ path, text })));
}

test("every file is reached from an entry, and every exported value is used", () => {
  const files = findSources().map((path) => ({ path, text: readFileSync(`${ROOT}/${path}`, "utf8") }));
  const dead = deadCode(files);
  assert.equal(dead.length, 0, `dead code:\n${dead.join("\n")}\n`);
});

test("a file that nothing imports is named", () => {
  assert.deepEqual(problems({ [`${SRC}/index.ts`]: "", [`${SRC}/model/a.ts`]: "" }), [`${SRC}/model/a.ts  nothing imports this file`]);
});

test("an unused export is named, one used in its own file or elsewhere is not", () => {
  const files = {
    [`${SRC}/index.ts`]: `export {\n  a,\n} from "./model/a.ts";`,
    [`${SRC}/model/a.ts`]: "export const a = 1;\nexport function b() {}\nexport const c = 1;\nexport const d = c;",
  };
  assert.deepEqual(problems(files), [`${SRC}/model/a.ts  nothing uses the export "b"`, `${SRC}/model/a.ts  nothing uses the export "d"`]);
});

test("worker threads, dynamic imports and the package's own name count", () => {
  const files = {
    [`${SRC}/cli/main.ts`]: `const url = workerEntry(import.meta.url, "../model/a-thread"); await import("../model/b.ts");`,
    [`${SRC}/model/a-thread.ts`]: "export const a = 1;",
    [`${SRC}/model/b.ts`]: "export const b = 1;",
    "examples/x.ts": `import { z } from "perdure";`,
    [`${SRC}/index.ts`]: "export const z = 1;",
  };
  assert.deepEqual(problems(files), []);
});
