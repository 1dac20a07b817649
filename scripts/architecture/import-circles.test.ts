import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ROOT } from "../lib/paths.ts";
import { findSources } from "../lib/test-files.ts";
import { importCircles } from "./import-circles.ts";

const circles = (files: Record<string, string>): string[] => importCircles(Object.entries(files).map(([path, text]) => ({ path, text })));

test("no file of the repository imports itself by way of others, types included", () => {
  const files = findSources().map((path) => ({ path, text: readFileSync(`${ROOT}/${path}`, "utf8") }));
  const found = importCircles(files);
  assert.equal(found.length, 0, `circles of imports:\n${found.join("\n")}\n`);
});

test("a circle is named by the files on it, whatever kind of import closes it", () => {
  for (const back of [`import type { A } from "../a.ts";`, `export { a } from "../a.ts";`, `const a = import("../a.ts");`]) {
    const files = { "x/start.ts": `import "./a.ts";`, "x/a.ts": `import { c } from "./b/c.ts";`, "x/b/c.ts": back };
    assert.deepEqual(circles(files), ["x/a.ts → x/b/c.ts → x/a.ts"], back);
  }
});

test("two ways to one file are not a circle, and comments import nothing", () => {
  const files = { "a.ts": `import "./b.ts";\nimport "./c.ts";`, "b.ts": `import "./c.ts";`, "c.ts": `// import "./a.ts";` };
  assert.deepEqual(circles(files), []);
});
