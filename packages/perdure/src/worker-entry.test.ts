import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { workerEntry } from "./worker-entry.ts";

test("in the sources a worker entry is the .ts file", () => {
  const url = workerEntry("file:///app/src/stores/sqlite/store.ts", "./writer");
  assert.equal(url.href, "file:///app/src/stores/sqlite/writer.ts");
});

test("in the build a worker entry is the .js file", () => {
  const url = workerEntry("file:///app/dist/stores/sqlite/store.js", "../writer");
  assert.equal(url.href, "file:///app/dist/stores/writer.js");
});

test("a query on the module's URL does not hide its extension", () => {
  const url = workerEntry("file:///app/src/store.ts?fresh=1", "./writer");
  assert.equal(url.href, "file:///app/src/writer.ts");
});

test("the entry of a real module exists", () => {
  assert.ok(existsSync(workerEntry(import.meta.url, "./worker-entry")));
});
