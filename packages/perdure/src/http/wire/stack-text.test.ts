import assert from "node:assert/strict";
import { it } from "node:test";
import { cpuClock } from "../../process/testing/cpu-clock.ts";
import { withoutFolders } from "./stack-text.ts";

it("frames keep the name of the file, and nothing else is touched", () => {
  for (const [frame, shown] of [
    ["    at pay (file:///srv/my%20app/src/orders.ts:3:5)", "    at pay (orders.ts:3:5)"],
    ["    at /srv/app/orders.js:3:5", "    at orders.js:3:5"],
    ["    at async file:///srv/app/orders.ts:3:5", "    at async orders.ts:3:5"],
    ["    at async Pool.run (C:\\work\\app\\orders.ts:3:5)", "    at async Pool.run (orders.ts:3:5)"],
    ["    at pay (file:///C:/work/app/orders.ts:3:5)", "    at pay (orders.ts:3:5)"],
    ["    at pay (C:\\Program Files (x86)\\app\\orders.ts:3:5)", "    at pay (orders.ts:3:5)"],
    [
      "    at eval (eval at make (file:///srv/app/make.ts:1:1), <anonymous>:1:1)",
      "    at eval (eval at make (make.ts:1:1), <anonymous>:1:1)",
    ],
    ["    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)", null],
    ["    at Array.map (<anonymous>)", null],
    ["Error: cannot open /etc/orders.json (at /srv/x)", null],
    ["", null],
  ] as const) {
    assert.equal(withoutFolders(`Error: a/b\n${frame}`), `Error: a/b\n${shown ?? frame}`);
  }
});

it("a long line takes no time", () => {
  const cpuMs = cpuClock();
  withoutFolders(`Error: x\n    at ${"/a".repeat(100_000)}(`);
  assert.ok(cpuMs() < 500);
});
