import assert from "node:assert/strict";
import { test } from "node:test";
import { modeCases, REJECTS, run } from "./left-behind.testsuite.ts";

const LEAVES: { readonly [how: string]: string } = {
  "a rejection that is not handled": REJECTS,
  "a rejection with a value": `Promise.reject("left behind")`,
  "a throw in a timer": `setTimeout(() => { throw new Error("left behind"); }, 1)`,
  "a throw in setImmediate": `setImmediate(() => { throw new Error("left behind"); })`,
  "a throw in process.nextTick": `process.nextTick(() => { throw new Error("left behind"); })`,
  "a throw in a microtask": `queueMicrotask(() => { throw new Error("left behind"); })`,
  "a throw in a listener of an EventTarget": `
    const target = new EventTarget();
    target.addEventListener("x", () => { throw new Error("left behind"); });
    target.dispatchEvent(new Event("x"))`,
};

for (const [how, body] of Object.entries(LEAVES)) {
  test(`what an activity leaves behind ends the process with its name in the last output: ${how}`, () => {
    const { code, out, err } = run("activity", body);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /Activity "sloppy" \(i:0:0\): .*left behind/);
    assert.match(err.slice(err.indexOf("sloppy")), /\n.*left behind/, "Node's own words are there too");
  });
}

for (const how of ["a rejection that is not handled", "a throw in a timer"]) {
  test(`what an operation of an entity leaves behind does so too: ${how}`, () => {
    const { code, out, err } = run("entity", LEAVES[how] ?? "");
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /Entity "till": .*left behind/);
  });
}

// The others: left-behind.full.test.ts.
modeCases([
  { how: { nodeOptions: "--unhandled-rejections=warn" }, code: 0, lives: true },
  { how: { nodeOptions: "--unhandled-rejections=warn-with-error-code" }, code: 1, lives: true },
  { how: { argv: ["--unhandled-rejections=throw"], nodeOptions: "--unhandled-rejections=warn" }, code: 1, lives: false },
]);

test("the program's own listeners are told as Node tells them", () => {
  const uncaught = `process.on("uncaughtException", (error, origin) => console.log("own", error.message, origin));`;
  const monitor = `process.on("uncaughtExceptionMonitor", (error, origin) => console.log("monitor", error.message, origin));`;
  const rejected = `process.on("unhandledRejection", (reason) => console.log("own", reason.message));`;
  const alive = "alive Completed undefined undefined\n";
  const told = (body: string, before: string) => {
    const { code, out } = run("activity", body, { before });
    return [code, out];
  };
  assert.deepEqual(told(REJECTS, uncaught), [0, `own left behind unhandledRejection\n${alive}`]);
  assert.deepEqual(told(REJECTS, monitor + uncaught), [
    0,
    `monitor left behind unhandledRejection\nown left behind unhandledRejection\n${alive}`,
  ]);
  assert.deepEqual(told(LEAVES["a throw in a timer"] ?? "", uncaught), [0, `own left behind uncaughtException\n${alive}`]);
  assert.deepEqual(told(REJECTS, rejected), [0, `own left behind\n${alive}`]);
});

const TICKS = ["a throw in process.nextTick", "a throw in a listener of an EventTarget"];
for (const how of TICKS) {
  test(`it stops the orchestrator's instance, never the process: ${how}`, () => {
    const { code, out, err } = run("orchestrator", LEAVES[how] ?? "");
    assert.equal(code, 0, err);
    assert.match(out, /^alive Pending TICK_FAILED A callback that "flow" \(i\) gave to process\.nextTick threw: left behind\. /);
  });
}

test("an orchestrator's own setImmediate is refused, and a throw in its microtask fails it", () => {
  const immediate = run("orchestrator", LEAVES["a throw in setImmediate"] ?? "");
  assert.match(immediate.out, /^alive Pending GUARDED_CALL /);
  const microtask = run("orchestrator", LEAVES["a throw in a microtask"] ?? "");
  assert.match(microtask.out, /^alive Failed /);
});

test("a tick that throws after the episode stops the instance at its next one", () => {
  const later = `queueMicrotask(() => process.nextTick(() => process.nextTick(() => process.nextTick(() => { throw new Error("left behind"); }))))`;
  const { code, out, err } = run("orchestrator", later);
  assert.equal(code, 0, err);
  assert.match(`${out}${err}`, /gave to process\.nextTick threw: left behind/);
});
