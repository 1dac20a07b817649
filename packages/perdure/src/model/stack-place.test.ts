import assert from "node:assert/strict";
import { test } from "node:test";
import { authorPlace, framePlace } from "./stack-place.ts";

test("the place of a frame, however its function and its file are called", () => {
  const PLACES: readonly (readonly [frame: string, place: string | null])[] = [
    ["    at run (/app/index.js:3:7)", "/app/index.js:3:7"],
    ["    at /app/index.js:3:7", "/app/index.js:3:7"],
    ["    at async run (file:///app/index.mjs:3:7)", "file:///app/index.mjs:3:7"],
    ["    at async /my app/index.js:3:7", "/my app/index.js:3:7"],
    ["    at Object.<anonymous> (/my app (old)/index.js:3:7)", "/my app (old)/index.js:3:7"],
    ["    at new Order [as it] (C:\\my app\\index.js:3:7)", "C:\\my app\\index.js:3:7"],
    ["    at node:internal/process/task_queues:103:5", "node:internal/process/task_queues:103:5"],
    ["    at async Promise.all (index 0)", null],
    ["    at Array.map (<anonymous>)", null],
    ["    at eval (eval at run (/app/index.js:3:7), <anonymous>:1:1)", null],
    ["TypeError: at /app/index.js:3:7", null],
  ];
  for (const [frame, place] of PLACES) assert.equal(framePlace(frame), place, frame);
});

test("the author's place is the innermost that is neither Node's nor of a library", () => {
  const stack = (...frames: readonly string[]) => ["Error: no luck", ...frames.map((frame) => `    at ${frame}`)].join("\n");
  const library = "next (/app/node_modules/durable-functions/lib/index.js:1:2)";
  assert.equal(authorPlace(stack("node:fs:1:2", library, "flow (/my app/index.js:3:7)", "other (/app/b.js:1:1)")), "/my app/index.js:3");
  assert.equal(authorPlace(stack("flow (file:///my%20app/index.mjs:3:7)")), "/my app/index.mjs:3");
  assert.equal(authorPlace(stack("flow (file:///C:/app/100%.mjs:3:7)")), "C:/app/100%.mjs:3");
  assert.equal(authorPlace(stack(library)), null);
  assert.equal(authorPlace(undefined), null);
});
