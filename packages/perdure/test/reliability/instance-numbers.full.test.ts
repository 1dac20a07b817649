import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const leaf = orchestrator("leaf", async () => 1);
const wide = orchestrator("wide", async (ctx, children: number) => {
  await Promise.all(Array.from({ length: children }, () => ctx.callSubOrchestrator(leaf)));
  return children;
});

/** More than a worker reserves ahead: in one episode, and in the episodes of one turn. */
for (const [parents, children] of [
  [1, 17_000],
  [64, 300],
] as const) {
  test(`${parents} at a time may each start ${children} children in one episode`, { timeout: 300_000 }, async () => {
    await using fleet = await TestFleet.open(1, { store: "memory", functions: () => [leaf, wide] });
    const ids = Array.from({ length: parents }, (_, at) => `wide-${at}`);
    await fleet.start(0, "wide", ids, children);
    for (const id of ids) assert.equal(await fleet.end(id), children);
  });
}
