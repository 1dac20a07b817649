import assert from "node:assert/strict";
import { test } from "node:test";
import { CallMemory } from "./call-memory.ts";
import { ProcessClaims } from "./process-claims.ts";
import type { ToWatch } from "./process-wire.ts";

/** A host, and the two threads of its process. What the host asks waits until `watch` takes it. */
function sides() {
  const asked: ToWatch[] = [];
  const host = new ProcessClaims((message) => asked.push(message));
  const app = new CallMemory();
  const watching = new CallMemory(app.words);
  const answers: boolean[][] = [];
  const watch = (): void => {
    for (const message of asked.splice(0))
      if (message.kind === "withdraw") answers.push(message.calls.map((call) => watching.takeBack(call)));
  };
  const hear = (): void => {
    for (const isTaken of answers.splice(0)) host.withdrawn(isTaken);
  };
  const post = (): number => host.post() ?? -1;
  const begin = (call: number): boolean => app.come(call) && app.begin(call);
  return { host, app, watch, hear, post, begin };
}

test("what was begun cannot be taken back, and what was taken back cannot be begun", () => {
  const { host, app, watch, hear, post, begin } = sides();
  const calls = [post(), post(), post()] as const;
  const taken: number[] = [];
  assert.equal(begin(calls[0]), true);
  assert.equal(app.come(calls[2]), true);
  host.withdraw(calls, (call) => taken.push(call));
  assert.equal(begin(calls[1]), true, "the process has not been asked yet");
  watch();
  assert.deepEqual(taken, [], "it is not certain yet");
  assert.equal(app.begin(calls[2]), false);
  hear();
  assert.deepEqual(taken, [calls[2]]);
});

test("a call that was answered in between is not taken back, nor is the next one at its place", () => {
  const { host, watch, hear, post, begin } = sides();
  const [first, second] = [post(), post()];
  const taken: number[] = [];
  begin(first);
  host.withdraw([first, second], (call) => taken.push(call));
  host.release(first); // its answer
  const third = post();
  assert.equal(third, first);
  watch();
  assert.deepEqual([begin(second), begin(third)], [false, true]);
  hear();
  assert.deepEqual(taken, [second]);
  host.withdraw([second], (call) => taken.push(call));
  assert.deepEqual(taken, [second], "it is asked back once");
});

test("after its end a call counts as begun unless the process has said that it has not", () => {
  for (const lastWords of [null, { accused: 0, begun: [[0, 1]] as const, wasAborted: false, uncaught: null }]) {
    const { host, post } = sides();
    const [first, second] = [post(), post()];
    assert.equal(host.hasBegun(first), false);
    host.isAs({ kind: "state", turns: 1, begun: [[0, 1]], answers: [], running: first });
    assert.deepEqual([host.hasBegun(first), host.hasBegun(second)], [true, false]);
    host.ended(lastWords);
    assert.deepEqual([host.hasBegun(first), host.hasBegun(second)], [true, lastWords === null]);
    assert.equal(host.accused, lastWords === null ? null : first);
  }
});
