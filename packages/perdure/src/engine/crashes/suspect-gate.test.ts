import assert from "node:assert/strict";
import { test } from "node:test";
import { SuspectGate } from "./suspect-gate.ts";
import { MAX_CRASHES } from "./suspicion.ts";

test("any number of suspects that are gone by their turn leave one after the other", () => {
  const gate = new SuspectGate({ soon: () => () => {}, after: () => () => {} });
  let leaveFirst = () => {};
  gate.enter("instance", MAX_CRASHES - 1, (leave) => {
    leaveFirst = leave;
  });
  let passed = 0;
  for (let i = 0; i < 50_000; i++) {
    gate.enter("instance", MAX_CRASHES - 1, (leave) => {
      passed += 1;
      leave();
    });
  }
  assert.equal(passed, 0);
  leaveFirst();
  assert.equal(passed, 50_000);
});
