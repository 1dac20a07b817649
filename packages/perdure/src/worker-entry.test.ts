import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { workerEntry } from "./worker-entry.ts";

const folder = mkdtempSync(join(tmpdir(), "perdure-entry-"));
after(() => rmSync(folder, { recursive: true }));

/** The entry that a module finds in a folder which holds `files`. */
function found(module: string, ...files: readonly string[]): string {
  const place = mkdtempSync(join(folder, "case-"));
  for (const file of files) writeFileSync(join(place, file), "");
  const base = pathToFileURL(`${place}/`);
  return workerEntry(new URL(module, base).href, "./writer").href.slice(base.href.length);
}

test("a worker entry has the extension of the module that asks: sources, build, bundles", () => {
  assert.equal(found("store.ts", "writer.ts", "writer.js"), "writer.ts");
  assert.equal(found("store.js", "writer.ts", "writer.js"), "writer.js");
  assert.equal(found("app.mjs", "writer.mjs", "writer.js"), "writer.mjs");
  assert.equal(found("app.cjs", "writer.cjs"), "writer.cjs");
  assert.equal(found("app.mjs", "writer.js"), "writer.js");
});

test("a query on the module's URL does not hide its extension", () => {
  assert.equal(found("store.ts?fresh=1", "writer.ts"), "writer.ts");
});

test("the entry of a real module exists", () => {
  assert.ok(workerEntry(import.meta.url, "./worker-entry").href.endsWith("/src/worker-entry.ts"));
});

test("a file that is missing is said with its path and what to do", () => {
  const missing = { code: "THREAD_FILE_MISSING", message: /writer\.mjs\. Perdure seems to be bundled .*--external:perdure/ };
  assert.throws(() => found("app.mjs"), missing);
  assert.throws(() => workerEntry(undefined, "./writer"), { code: "THREAD_FILE_MISSING" });
});
