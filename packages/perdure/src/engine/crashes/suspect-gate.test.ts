import assert from "node:assert/strict";
import { test } from "node:test";
import { SuspectGate } from "./suspect-gate.ts";
import { MAX_CRASHES } from "./suspicion.ts";

/** Twice as many as a stack has room for. */
const MANY = 20_000;

test("any number of suspects that are gone by their turn leave one after the other", () => {
  const gate = new SuspectGate({ soon: () => () => {}, after: () => () => {} });
  let leaveFirst = () => {};
  gate.enter("instance", MAX_CRASHES - 1, (leave) => {
    leaveFirst = leave;
  });
  let passed = 0;
  for (let i = 0; i < MANY; i++) {
    gate.enter("instance", MAX_CRASHES - 1, (leave) => {
      passed += 1;
      leave();
    });
  }
  assert.equal(passed, 0);
  leaveFirst();
  assert.equal(passed, MANY);
});
