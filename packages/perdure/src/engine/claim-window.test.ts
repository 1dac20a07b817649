import assert from "node:assert/strict";
import { test } from "node:test";
import { ClaimWindow, GROW_MS } from "./claim-window.ts";

const FIRST = 16;
const PLENTY = 1_000;

function open() {
  let now = 0;
  const pass = (ms: number) => {
    now += ms;
  };
  return { window: new ClaimWindow({ monotonicMs: () => now }, FIRST), pass };
}

test("what is worked off at once comes in larger pieces: 5,000 quick tasks take a dozen claims, not hundreds", () => {
  const { window, pass } = open();
  let claims = 0;
  for (let left = 5_000; left > 0; claims += 1) {
    left -= window.room(0, PLENTY);
    pass(10);
  }
  assert.ok(claims <= 12, `${claims} claims`);
});

test("what keeps the processor busy for longer comes in small pieces, so that others get theirs", () => {
  const { window, pass } = open();
  for (let claims = 0; claims < 20; claims += 1) {
    assert.equal(window.room(0, PLENTY), FIRST);
    pass(2 * GROW_MS);
  }
});

test("what only waits soon limits nobody", () => {
  const { window, pass } = open();
  let inHand = 0;
  for (let ms = 0; ms < 10 * GROW_MS; ms += GROW_MS / 2) {
    inHand += window.room(inHand, PLENTY);
    pass(GROW_MS / 2);
  }
  assert.ok(inHand >= PLENTY, `${inHand} in hand after a second`);
});

test("a claim that brings less than it asked for closes the window", () => {
  const { window, pass } = open();
  window.room(0, PLENTY);
  pass(1);
  assert.equal(window.room(0, PLENTY), 2 * FIRST);
  window.reset();
  assert.equal(window.room(0, PLENTY), FIRST);
});
