import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ROOT } from "../lib/paths.ts";
import { findSources } from "../lib/test-files.ts";

/** A file of TypeScript that a page names: by its whole path, or by the end of it. */
const NAMED_FILE = /`([\w@./-]+\.ts)\b[^`]*`/g;

function namedIn(page: string): readonly string[] {
  return [...readFileSync(`${ROOT}/${page}`, "utf8").matchAll(NAMED_FILE)].map(([, name = ""]) => name);
}

test("the files that ARCHITECTURE.md and the pages of docs/design name are there", () => {
  const files = findSources();
  const isThere = (name: string) => files.some((file) => `/${file}`.endsWith(`/${name.replace(/^(?:\.\.\/)+/, "")}`));
  const pages = ["ARCHITECTURE.md", ...globSync("docs/design/*.md", { cwd: ROOT })];
  const missing = pages.flatMap((page) =>
    namedIn(page)
      .filter((name) => !isThere(name))
      .map((name) => `${page}: ${name}`),
  );
  assert.deepEqual(missing, []);
  assert.ok(namedIn("ARCHITECTURE.md").length > 20, "ARCHITECTURE.md names files");
});
