// Each case is a program of its own. The others: left-behind.full.test.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ALIVE,
  activityCases,
  entityCases,
  modeCases,
  OWN_MONITOR,
  OWN_UNCAUGHT,
  orchestratorCases,
  run,
  told,
} from "./left-behind.testsuite.ts";

activityCases(["a rejection that is not handled", "a throw in a timer"]);
entityCases(["a rejection that is not handled"]);
orchestratorCases(["a throw in process.nextTick"]);
modeCases([{ how: { nodeOptions: "--unhandled-rejections=warn" }, code: 0, lives: true }]);

test("the program's own listeners are told as Node tells them", () => {
  assert.deepEqual(told("a rejection that is not handled", OWN_MONITOR + OWN_UNCAUGHT), [
    0,
    `monitor left behind unhandledRejection\nown left behind unhandledRejection\n${ALIVE}`,
  ]);
});

test("a tick that throws after the episode stops the instance at its next one", () => {
  const later = `queueMicrotask(() => process.nextTick(() => process.nextTick(() => process.nextTick(() => { throw new Error("left behind"); }))))`;
  const { code, out, err } = run("orchestrator", later);
  assert.equal(code, 0, err);
  assert.match(`${out}${err}`, /gave to process\.nextTick threw: left behind/);
});
