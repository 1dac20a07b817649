import assert from "node:assert/strict";
import { test } from "node:test";
import { ProcessClaims } from "./process-claims.ts";
import { ProcessMemory } from "./process-memory.ts";
import type { ToWatch } from "./process-wire.ts";

/** A host, and the two threads of its process. What the host asks waits until `watch` takes it. */
function sides() {
  const asked: ToWatch[] = [];
  const host = new ProcessClaims((message) => asked.push(message));
  const app = new ProcessMemory();
  const watching = new ProcessMemory(app.words);
  const answers: number[] = [];
  const watch = (): void => {
    for (const message of asked.splice(0)) if (message.kind === "withdraw") answers.push(watching.takeBack(message.upTo));
  };
  const hear = (): void => {
    for (const lastBegun of answers.splice(0)) host.withdrawn(lastBegun);
  };
  return { host, app, watching, watch, hear };
}

test("what was begun cannot be taken back, and what was taken back cannot be begun", () => {
  const { host, app, watch, hear } = sides();
  const calls = [host.post(), host.post(), host.post()];
  const taken: number[] = [];
  assert.equal(app.begin(calls[0] ?? -1), true);
  host.withdraw(calls, (call) => taken.push(call));
  assert.equal(app.begin(calls[1] ?? -1), true, "the process has not been asked yet");
  watch();
  assert.deepEqual(taken, [], "it is not certain yet");
  assert.equal(app.begin(calls[2] ?? -1), false);
  hear();
  assert.deepEqual(taken, [calls[2]]);
});

test("a call that was answered in between is not taken back, nor is the next one at its place", () => {
  const { host, app, watch, hear } = sides();
  const [first = -1, second = -1] = [host.post(), host.post()];
  const taken: number[] = [];
  app.begin(first);
  host.withdraw([first, second], (call) => taken.push(call));
  host.release(first); // its answer
  const third = host.post();
  assert.equal(third, first);
  watch();
  assert.deepEqual([app.begin(second), app.begin(third)], [false, true], "the third was sent after what was asked back");
  hear();
  assert.deepEqual(taken, [second]);
  host.withdraw([second], (call) => taken.push(call));
  assert.deepEqual(taken, [second], "it is asked back once");
});

test("after its end a call counts as begun unless the process has said that it has not", () => {
  for (const lastWords of [null, { accused: 0, decided: 1, wasAborted: false, uncaught: null }]) {
    const { host } = sides();
    const [first, second] = [host.post(), host.post()];
    assert.equal(host.hasBegun(first), false);
    host.isAs({ kind: "state", turns: 1, decided: 1, running: first });
    assert.deepEqual([host.hasBegun(first), host.hasBegun(second)], [true, false]);
    host.ended(lastWords);
    assert.deepEqual([host.hasBegun(first), host.hasBegun(second)], [true, lastWords === null]);
    assert.equal(host.accused, lastWords === null ? null : first);
  }
});

test("the watching thread sees turns, what runs, and the first accusation", () => {
  const { app, watching } = sides();
  app.begin(4);
  app.turn();
  assert.deepEqual([watching.turns, watching.running, watching.decided, watching.accused], [1, 4, 1, null]);
  app.paused();
  app.accuse(4);
  app.accuse(null);
  assert.deepEqual([watching.running, watching.accused], [null, 4]);
  app.turn(); // something has caught it after all
  app.accuse(null);
  assert.equal(watching.accused, "none");
});
