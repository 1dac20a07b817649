import assert from "node:assert/strict";
import { test } from "node:test";
import { ClaimWindow, GROW_MS } from "./claim-window.ts";

const FIRST = 16;
const PLENTY = 1_000;

function open() {
  let now = 0;
  let busy = 0;
  const pass = (ms: number, busyMs = 0) => {
    now += ms;
    busy += busyMs;
  };
  return { window: new ClaimWindow({ monotonicMs: () => now, busyMs: () => busy }, FIRST), pass };
}

test("what is worked off at once comes in larger pieces: 5,000 quick tasks take a dozen claims, not hundreds", () => {
  const { window, pass } = open();
  let claims = 0;
  for (let left = 5_000; left > 0; claims += 1) {
    const claimed = window.room(0, PLENTY);
    window.claimed(claimed, false);
    left -= claimed;
    pass(10);
  }
  assert.ok(claims <= 12, `${claims} claims`);
});

test("what keeps the processor busy for longer comes in small pieces, so that others get theirs", () => {
  const { window, pass } = open();
  for (let claims = 0; claims < 20; claims += 1) {
    assert.equal(window.room(0, PLENTY), FIRST);
    window.claimed(FIRST, false);
    pass(2 * GROW_MS);
  }
});

test("asking for room is not a claim", () => {
  const { window, pass } = open();
  for (let asked = 0; asked < 20; asked += 1) {
    assert.equal(window.room(0, PLENTY), FIRST);
    pass(1);
  }
});

test("what only waits soon limits nothing", () => {
  const { window, pass } = open();
  let inHand = 0;
  for (let ms = 0; ms < 10 * GROW_MS; ms += GROW_MS / 2) {
    inHand += window.room(inHand, PLENTY);
    pass(GROW_MS / 2);
  }
  assert.ok(inHand >= PLENTY, `${inHand} in progress after a second`);
});

test("what waits for this processor is not taken from others", () => {
  const { window, pass } = open();
  let inHand = 0;
  for (let ms = 0; ms < 900; ms += 10) {
    inHand += window.room(inHand, PLENTY);
    assert.ok(inHand <= FIRST, `${inHand} in progress after ${ms} ms`);
    pass(10, 10);
    inHand -= 1;
  }
});

test("a claim that brings less than it asked for closes the window", () => {
  const { window, pass } = open();
  window.claimed(FIRST, false);
  pass(1);
  assert.equal(window.room(0, PLENTY), 2 * FIRST);
  window.claimed(0, true);
  assert.equal(window.room(0, PLENTY), FIRST);
});
