import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { PACKAGE, ROOT } from "../lib/paths.ts";
import { readModule } from "./declarations.ts";
import { codeWords, indexOf, membersOf, sectionsOf } from "./documented.ts";
import { readPublicApi, snapshotFile, snapshotOf } from "./public-api.ts";

const HOW = "If that is meant: npm run api, and commit packages/perdure/api with the change (and a line in CHANGELOG.md).";

const entries = readPublicApi();
const page = (file: string) => readFileSync(`${ROOT}/docs/${file}`, "utf8");

test("docs/api.md has a place for each export, and tells each member of it there", { timeout: 120_000 }, async () => {
  const index = indexOf(page("api.md"));
  const problems: string[] = [];
  for (const { specifier, exported } of await entries) {
    for (const declaration of exported) {
      const [file = "", anchor = ""] = (index.get(declaration.name) ?? "").split("#");
      const section = sectionsOf(page(file === "" ? "api.md" : file)).find((one) => one.anchor === anchor);
      if (section === undefined) {
        problems.push(`${specifier}: ${declaration.name} is in no table of "Every export", or its link leads nowhere`);
        continue;
      }
      if (specifier === "perdure/store") continue; // rows, parameters and receipts are told beside the types
      const words = codeWords(section.text);
      const missing = membersOf(declaration).filter((member) => !words.has(member));
      if (missing.length > 0) problems.push(`${specifier}: ${declaration.name} (#${anchor}) lacks ${missing.join(", ")}`);
    }
  }
  assert.deepEqual(problems, []);
  const names = new Set((await entries).flatMap(({ exported }) => exported.map(({ name }) => name)));
  const gone = [...index].filter(([name, target]) => /^[A-Za-z_]+$/.test(name) && isPlace(target) && !names.has(name));
  assert.deepEqual(gone, [], "these are no exports any more");
});

/** Of the tables of "Every export": others of the page link to pages of their own. */
const isPlace = (target: string) => /^(?:http-api\.md|guides\/store-authors\.md)?#/.test(target);

test("what the package exports is what packages/perdure/api says", { timeout: 120_000 }, async () => {
  const files = (await entries).map(snapshotFile);
  assert.deepEqual(globSync(`${PACKAGE}/api/*.md`).sort(), files.toSorted(), `Entry points have come or gone. ${HOW}`);
  for (const entry of await entries) {
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
