import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceNo } from "../model/ids.ts";
import { CrashEvidence } from "./crash-evidence.ts";

const [ONE, OTHER] = [instanceNo(1), instanceNo(2)];

test("what counts against an instance: deaths, and its own losses, not those of others", () => {
  const evidence = new CrashEvidence();
  for (let n = 0; n < 6; n++) evidence.lost(OTHER);
  evidence.lost(ONE);
  evidence.died();
  evidence.stopped(ONE);
  evidence.stopped(OTHER);
  assert.deepEqual(evidence.stops, [
    { no: ONE, evidence: 2 },
    { no: OTHER, evidence: 7 },
  ]);
});

test("what came before the third-last commit with an episode of it does not count", () => {
  const evidence = new CrashEvidence();
  for (let n = 0; n < 5; n++) evidence.lost(ONE);
  for (let n = 0; n < 3; n++) evidence.recorded(ONE);
  evidence.died();
  evidence.stopped(ONE);
  evidence.recorded(OTHER);
  evidence.stopped(OTHER);
  assert.deepEqual(evidence.stops, [
    { no: ONE, evidence: 1 },
    { no: OTHER, evidence: 1 },
  ]);
});
