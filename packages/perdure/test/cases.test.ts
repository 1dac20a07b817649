import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { test } from "node:test";
import { CASES } from "./cases.ts";

/** Cases that this part of the project owns: no other test may be named for them. */
const OWNED_HERE = [...range(1, 26), ...range(28, 38), 42, 43, 46];

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
      assert.ok(isRun(file), `no test file beside ${file} runs it`);
    }
  }
});

test("the benchmark that stands for a case exists", () => {
  for (const owner of Object.values(CASES)) {
    if ("bench" in owner)
      assert.ok(existsSync(here(`../../../bench/scenarios/${owner.bench}.ts`)), `there is no benchmark "${owner.bench}"`);
  }
});

/** By a test file in its folder, of the gate. */
function isRun(suite: string): boolean {
  const folder = here(`${dirname(suite)}/`);
  const runners = readdirSync(folder).filter((name) => name.endsWith(".test.ts") && !name.endsWith(".full.test.ts"));
  return runners.some((name) => readFileSync(new URL(name, folder), "utf8").includes(`from "./${basename(suite)}"`));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function here(path: string): URL {
  return new URL(path, import.meta.url);
}
