import assert from "node:assert/strict";
import { test } from "node:test";
import { Claims } from "./claims.ts";

function isWithdrawn(main: Claims, call: number): boolean {
  const taken: number[] = [];
  main.withdraw([call], (one) => taken.push(one));
  return taken.includes(call);
}

test("what was begun cannot be withdrawn, and what was withdrawn cannot be begun", () => {
  const main = new Claims();
  const thread = new Claims(main.words);
  const [first, second] = [main.post() ?? -1, main.post() ?? -1];
  assert.equal(thread.begin(first), true);
  assert.equal(isWithdrawn(main, first), false);
  assert.equal(main.hasBegun(first), true);
  assert.equal(isWithdrawn(main, second), true);
  assert.equal(thread.begin(second), false);
  assert.equal(main.hasBegun(second), false);
  main.release(first);
  assert.equal(main.post(), first);
  assert.notEqual(main.post(), second, "the thread may still have to read the message of the call that was withdrawn");
});

test("a thread has room for so many calls, and says so", () => {
  const claims = new Claims(new SharedArrayBuffer(4 * 5));
  assert.equal(claims.post(), 0);
  assert.equal(claims.post(), 1);
  assert.equal(claims.post(), null);
});

test("the main thread sees turns, what runs, and the first accusation", () => {
  const main = new Claims();
  const thread = new Claims(main.words);
  const [one, other] = [main.post() ?? -1, main.post() ?? -1];
  assert.deepEqual([main.turns, main.running, main.accused], [0, null, null]);
  thread.turn();
  thread.begin(other);
  assert.deepEqual([main.turns, main.running], [1, other]);
  thread.paused();
  assert.equal(main.running, null);
  thread.accuse(one);
  thread.accuse(other);
  assert.equal(main.accused, one);
  thread.turn(); // something has caught it after all
  assert.equal(main.accused, null);
  thread.accuse(null);
  assert.equal(main.accused, "none");
});
