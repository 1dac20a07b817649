import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("each requirement of remote executors names tests that are there", () => {
  const rows = read("../../../../docs/design/executors.md")
    .split("\n")
    .filter((line) => /^\| \d+ \|/.test(line));
  assert.deepEqual(
    rows.map((line) => Number(line.split("|")[1])),
    Array.from({ length: 13 }, (_, index) => index + 1),
  );
  for (const row of rows) {
    const named = [...row.matchAll(/`([^`]+) › ([^`]+)`/g)];
    assert.ok(named.length > 0, row);
    for (const [, file = "", title = ""] of named) assert.ok(read(`../../${file}`).includes(title), `${file} has "${title}"`);
  }
});
