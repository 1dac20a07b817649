import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

const page = readFileSync(new URL("../../../docs/features.md", import.meta.url), "utf8");
const here = (file: string): URL => new URL(`../${file}`, import.meta.url);

const [built = "", notBuilt = ""] = page.split("\n## Not offered\n");
const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| Azure Durable Functions |"))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "").trim()));

/** `` `file` "title" ``, several apart by semicolons. */
const PROOF = /`([^`]+\.ts)` "([^"]+)"/g;

test("docs/features.md: no cell is empty", () => {
  const rows = rowsOf(built);
  assert.ok(rows.length > 80, `${rows.length} rows`);
  for (const row of rows) {
    assert.equal(row.length, 3, row.join(" | "));
    for (const cell of row) assert.notEqual(cell, "", row.join(" | "));
  }
  for (const row of rowsOf(notBuilt)) {
    assert.equal(row.length, 2, row.join(" | "));
    for (const cell of row) assert.notEqual(cell, "", row.join(" | "));
  }
});

test("docs/features.md: each feature names tests, which are there", () => {
  for (const [feature, , proofs = ""] of rowsOf(built)) {
    const found = [...proofs.matchAll(PROOF)];
    assert.ok(found.length > 0, `"${feature}" names no test`);
    assert.equal(proofs.replaceAll(PROOF, "").replaceAll(/[; ]/g, ""), "", `"${feature}": what is between its tests?`);
    for (const [, file = "", title = ""] of found) {
      assert.ok(/\.test(suite)?\.ts$/.test(file) && existsSync(here(file)), `"${feature}": there is no test file ${file}`);
      assert.ok(hasTitle(readFileSync(here(file), "utf8"), title), `"${feature}": ${file} has no test "${title}"`);
    }
  }
});

/** As the title of a test, a suite, a scenario or a row, in whole or in part; not in a comment. */
function hasTitle(text: string, title: string): boolean {
  const titles = /(?:\b\w*[tT]est\(|\bit\(|\bdescribe\(|\btitle:|\brow:|\bcontrol\()\s*(?:fixture,\s*)?(?:"([^"\n]*)"|`([^`]*)`)/g;
  return [...text.matchAll(titles)].some(([, quoted, template]) => (quoted ?? template ?? "").includes(title));
}
