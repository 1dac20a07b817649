import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ROOT } from "../lib/paths.ts";
import { findSources } from "../lib/test-files.ts";
import { PATTERNS } from "./patterns.ts";
import { proseOfPage, proseOfSource } from "./prose.ts";

const PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ...globSync("docs/**/*.md", { cwd: ROOT })];

function findings(file: string, prose: string): readonly string[] {
  return prose.split("\n").flatMap((line, index) =>
    PATTERNS.flatMap(({ found, better, product }) => {
      const words =
        product === true && /(^|\/)(testing|test)\/|\.test(suite)?\.ts$|^scripts\//.test(file) ? undefined : found.exec(line)?.[0];
      return words === undefined ? [] : [`${file}:${index + 1}: "${words}". Better: ${better}`];
    }),
  );
}

test("comments, messages, tests and pages are in plain words", () => {
  const sources = findSources().filter((file) => !file.startsWith("scripts/language/"));
  const found = [
    ...sources.flatMap((file) => findings(file, proseOfSource(readFileSync(`${ROOT}/${file}`, "utf8")))),
    ...PAGES.flatMap((file) => findings(file, proseOfPage(readFileSync(`${ROOT}/${file}`, "utf8")))),
  ];
  assert.deepEqual(found, []);
});

test("the line of a phrase and the better word are named, in comments and strings and not in code", () => {
  const source = 'const whoever = 1;\n// It is no string.\nsay("whoever comes", `it goes on`, whoever);\n/* `whoever` is a name */\n';
  assert.deepEqual(findings("x.ts", proseOfSource(source)), [
    'x.ts:2: "is no string". Better: "is not a …"',
    'x.ts:3: "whoever". Better: name it: "the caller", "any worker that …"',
    'x.ts:3: "goes on". Better: "continues", "happens"',
  ]);
  assert.deepEqual(findings("x.md", proseOfPage("Fix it.\n```ts\nmend();\n```\nMend it.")), ['x.md:5: "Mend". Better: "fix"']);
});
