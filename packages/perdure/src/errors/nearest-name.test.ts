import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestName } from "./nearest-name.ts";

const KNOWN = ["init", "start", "list", "status", "queueTrigger", "--port", "--cors"];

for (const [given, meant] of [
  ["strat", "start"],
  ["lsit", "list"],
  ["stats", "status"],
  ["--prot", "--port"],
  ["--PORT", "--port"],
  ["queueTriger", "queueTrigger"],
  ["queueTrigerTrigger", null],
  ["do", null],
  ["", null],
] as const) {
  test(`"${given}" was probably meant to be ${meant ?? "none of them"}`, () => assert.equal(nearestName(given, KNOWN), meant));
}
