import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { CASES } from "./cases.ts";

/** Cases that this part of the project owns: nobody else may be named for them. */
const OWNED_HERE = [...range(1, 12), 14, 16, ...range(22, 26), 34, 35, 36, 37, 42, 43, 46];

test("each of the 46 reliability cases has an owner", () => {
  assert.deepEqual(Object.keys(CASES).map(Number), range(1, 46));
  for (const number of OWNED_HERE) assert.ok(CASES[number] !== undefined && !("later" in CASES[number]), `case ${number} is owned here`);
});

test("the tests that stand for a case exist, and a test file runs them", () => {
  for (const [number, owner] of Object.entries(CASES)) {
    if (!("tests" in owner)) continue;
    assert.ok(owner.tests.length > 0, `case ${number} names no test`);
    for (const { file, title } of owner.tests) {
      assert.ok(title.startsWith(`case ${number}: `), `"${title}" does not begin with its number`);
      const text = readFileSync(here(file), "utf8");
      // As a title of a test or of a scenario, not in a comment.
      const quoted = new RegExp(`(test\\(|title:)\\s*["\`]${RegExp.escape(title)}`);
      assert.match(text, quoted, `${file} has no test "${title}"`);
      if (!file.endsWith(".testsuite.ts")) continue;
      const runner = file.replace(".testsuite.ts", ".test.ts");
      assert.match(readFileSync(here(runner), "utf8"), new RegExp(`from "\\./${RegExp.escape(file.split("/").at(-1) ?? "")}"`));
    }
  }
});

test("the benchmark that stands for a case exists", () => {
  for (const owner of Object.values(CASES)) {
    if ("bench" in owner)
      assert.ok(existsSync(here(`../../../bench/scenarios/${owner.bench}.ts`)), `there is no benchmark "${owner.bench}"`);
  }
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function here(path: string): URL {
  return new URL(path, import.meta.url);
}
