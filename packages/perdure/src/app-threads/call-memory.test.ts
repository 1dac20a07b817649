import assert from "node:assert/strict";
import { test } from "node:test";
import { CallMemory } from "./call-memory.ts";
import { Claims } from "./claims.ts";

/** Those who look after a thread, and the thread. */
function sides() {
  const memory = new CallMemory();
  return { main: new Claims(memory), seen: memory, thread: new CallMemory(memory.words) };
}

const post = (main: Claims): number => main.post() ?? -1;

function isWithdrawn(main: Claims, call: number): boolean {
  const taken: number[] = [];
  main.withdraw([call], (one) => taken.push(one));
  return taken.includes(call);
}

test("what has begun cannot be taken back, and what was taken back cannot begin, whether its message was read or not", () => {
  const { main, thread } = sides();
  const [first, second, third] = [post(main), post(main), post(main)];
  for (const call of [first, second]) assert.equal(thread.come(call), true);
  assert.equal(main.hasBegun(first), false, "its message was read, and no more");
  assert.equal(thread.begin(first), true);
  assert.equal(thread.begin(first), true);
  assert.deepEqual([main.hasBegun(first), isWithdrawn(main, first)], [true, false]);
  for (const call of [second, third]) assert.equal(isWithdrawn(main, call), true);
  assert.equal(isWithdrawn(main, second), false, "it is taken back once");
  assert.equal(thread.begin(second), false);
  assert.equal(thread.come(third), false);
  assert.deepEqual(
    [first, second, third].map((call) => main.hasBegun(call)),
    [true, false, false],
  );
});

test("at one place each call is decided by itself, also where the numbers come round again", () => {
  const { main, thread } = sides();
  let last = -1;
  for (let i = 0; i < 1_000; i++) {
    const call = post(main);
    const isTakenEarly = i % 3 === 0;
    if (isTakenEarly) assert.equal(isWithdrawn(main, call), true);
    assert.equal(thread.come(call), !isTakenEarly);
    if (i % 3 === 1) assert.equal(isWithdrawn(main, call), true);
    assert.equal(thread.begin(call), i % 3 === 2);
    assert.equal(main.hasBegun(call), i % 3 === 2);
    main.release(call);
    if (i > 0) assert.equal(call, last);
    last = call;
  }
  assert.notEqual(post(main), post(main));
});

test("a question about an earlier call at a place changes nothing of the one that is there", () => {
  const { main, seen, thread } = sides();
  const call = post(main);
  thread.come(call);
  thread.begin(call);
  main.release(call);
  assert.equal(post(main), call);
  thread.come(call);
  thread.begin(call);
  assert.equal(seen.takeBack([call, 1]), false);
  assert.equal(main.hasBegun(call), true);
  const nearTheEnd = 2 ** 30 - 1;
  const other = 7;
  for (const number of [2 ** 29, nearTheEnd]) assert.equal(seen.takeBack([other, number - 2 ** 28]), true);
  assert.equal(seen.takeBack([other, 3]), true, "0 follows the last number");
  assert.equal(seen.takeBack([other, nearTheEnd]), false);
});

test("a thread has room for so many calls, and says so", () => {
  const { main } = sides();
  for (let i = 0; i < 65_536; i++) assert.equal(main.post(), i);
  assert.equal(main.post(), null);
});

test("the main thread sees turns, what runs, what has begun, and the first accusation", () => {
  const { main, seen, thread } = sides();
  const [one, other] = [post(main), post(main)];
  assert.deepEqual([main.turns, main.running, main.accused], [0, null, null]);
  thread.turn();
  thread.come(other);
  thread.runs(other);
  thread.begin(other);
  assert.deepEqual([main.turns, main.running, seen.begun], [1, other, [[other, 1]]]);
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
