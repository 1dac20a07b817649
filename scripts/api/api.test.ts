import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { PACKAGE } from "../lib/paths.ts";
import { readModule } from "./declarations.ts";
import { readPublicApi, snapshotFile, snapshotOf } from "./public-api.ts";

const HOW = "If that is meant: npm run api, and commit packages/perdure/api with the change (and a line in CHANGELOG.md).";

test("what the package exports is what packages/perdure/api says", { timeout: 120_000 }, async () => {
  const entries = await readPublicApi();
  const files = entries.map(snapshotFile);
  assert.deepEqual(globSync(`${PACKAGE}/api/*.md`).sort(), files.toSorted(), `Entry points have come or gone. ${HOW}`);
  for (const entry of entries) {
    const file = snapshotFile(entry);
    const written = existsSync(file) ? readFileSync(file, "utf8") : "";
    const difference = firstDifference(written, snapshotOf(entry));
    assert.equal(difference, null, `The public surface of ${entry.specifier} has changed:\n${difference}\n${HOW}`);
    const taken = Map.groupBy(entry.exported, ({ name }) => name.toLowerCase());
    for (const [, names] of taken) assert.ok(names.length <= 2, `${entry.specifier}: ${names.map(({ name }) => name).join(", ")}`);
  }
});

function firstDifference(was: string, is: string): string | null {
  const [before, after] = [was.split("\n"), is.split("\n")];
  const at = after.findIndex((line, index) => line !== before[index]);
  if (at < 0 && before.length === after.length) return null;
  const from = Math.max(0, (at < 0 ? after.length : at) - 2);
  const some = (lines: readonly string[], sign: string) => lines.slice(from, from + 6).map((line) => `${sign} ${line}`);
  return [...some(before, "-"), ...some(after, "+")].join("\n");
}

test("declarations are read with their overloads and without comments, and followed through re-exports", () => {
  const text = [
    'import type { B as C } from "../b.ts";',
    'export { d } from "./d.ts";',
    "/** A comment with\n * export declare function no(): void; */",
    "export declare function f(a: string): C;",
    "export declare function f(a: number): {\n    /** Said. */\n    readonly b: 1;\n};",
    "type Hidden = string;",
    "export {};",
  ].join("\n");
  const { declared, imported, exported } = readModule("x/a.d.ts", text);
  assert.deepEqual(
    [...declared],
    [
      ["f", "function f(a: string): C;\nfunction f(a: number): {\n    readonly b: 1;\n};"],
      ["Hidden", "type Hidden = string;"],
    ],
  );
  assert.deepEqual([...imported], [["C", { file: "b.d.ts", name: "B" }]]);
  assert.deepEqual([...exported.keys()], ["d", "f"]);
  assert.deepEqual(exported.get("d"), { file: "x/d.d.ts", name: "d" });
});
