import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ALIVE,
  activityCases,
  entityCases,
  LEAVES,
  modeCases,
  OWN_REJECTION,
  OWN_UNCAUGHT,
  orchestratorCases,
  run,
  told,
} from "./left-behind.testsuite.ts";

activityCases([
  "a rejection with a value",
  "a throw in setImmediate",
  "a throw in process.nextTick",
  "a throw in a microtask",
  "a throw in a listener of an EventTarget",
]);
entityCases(["a throw in a timer"]);
orchestratorCases(["a throw in a listener of an EventTarget"]);

modeCases([
  { how: { nodeOptions: "--unhandled-rejections=warn-with-error-code" }, code: 1, lives: true },
  { how: { argv: ["--unhandled-rejections=throw"], nodeOptions: "--unhandled-rejections=warn" }, code: 1, lives: false },
  { how: { nodeOptions: "--unhandled-rejections=none" }, code: 0, lives: true },
  { how: { nodeOptions: "--unhandled_rejections=warn" }, code: 0, lives: true },
  { how: { nodeOptions: "--unhandled-rejections=strict" }, code: 1, lives: false },
  { how: { nodeOptions: "--unhandled-rejections=throw" }, code: 1, lives: false },
  { how: { argv: ["--unhandled-rejections=warn"] }, code: 0, lives: true },
  { how: { argv: ["--unhandled-rejections", "none"] }, code: 0, lives: true },
  { how: { argv: ["--unhandled-rejections=warn"], nodeOptions: "--unhandled-rejections=throw" }, code: 0, lives: true },
]);

test("the program's own listeners are told as Node tells them", () => {
  assert.deepEqual(told("a rejection that is not handled", OWN_UNCAUGHT), [0, `own left behind unhandledRejection\n${ALIVE}`]);
  assert.deepEqual(told("a throw in a timer", OWN_UNCAUGHT), [0, `own left behind uncaughtException\n${ALIVE}`]);
  assert.deepEqual(told("a rejection that is not handled", OWN_REJECTION), [0, `own left behind\n${ALIVE}`]);
});

test("an orchestrator's own setImmediate is refused, and a throw in its microtask fails it", () => {
  const immediate = run("orchestrator", LEAVES["a throw in setImmediate"]);
  assert.match(immediate.out, /^alive Pending GUARDED_CALL /);
  const microtask = run("orchestrator", LEAVES["a throw in a microtask"]);
  assert.match(microtask.out, /^alive Failed /);
});
