import assert from "node:assert/strict";
import { test } from "node:test";
import type { Neighbourhood } from "../../src/testing/threads/slow-neighbours.ts";
import { SlowNeighbours } from "../../src/testing/threads/slow-neighbours.ts";

/** A machine that is busy with other things makes both slow, by turns: the bench has the exact figures (`head-of-line`). */
const MARGIN = 3;
const MARGIN_MS = 250;
const WARM_UP_MS = 500;

const NEIGHBOURS = {
  "an orchestrator that holds its thread": (quick: SlowNeighbours) => quick.besideHeldThread(),
  "an operation that holds its thread": (quick: SlowNeighbours) => quick.besideHeldOperation(),
  "an instance whose history is being read": (quick: SlowNeighbours) => quick.besideSlowHistory(),
};
type What = keyof typeof NEIGHBOURS;

export function slowNeighboursSuite(inFlight: number, slowMs: number, chosen?: readonly What[]): void {
  for (const what of chosen ?? (Object.keys(NEIGHBOURS) as What[]))
    test(`${inFlight} quick instances on a thread of their own do not wait ${slowMs} ms for ${what}`, async () => {
      await using quick = await SlowNeighbours.open({ storeUrl: "memory:", inFlight, slowMs });
      await quick.warmUp(WARM_UP_MS);
      check(await NEIGHBOURS[what](quick), slowMs);
    });
}

function check({ alone, beside }: Neighbourhood, slowMs: number): void {
  const most = Math.min(MARGIN * p99(alone) + MARGIN_MS, 0.9 * slowMs);
  assert.ok(p99(beside) <= most, `p99 ${p99(beside)} ms beside it, ${p99(alone)} ms alone`);
}

const p99 = (milliseconds: readonly number[]): number =>
  milliseconds.toSorted((a, b) => a - b)[Math.floor(0.99 * milliseconds.length)] ?? Number.NaN;
