import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Intake } from "./intake.ts";
import type { ToThread } from "./messages.ts";

const message = (call: number): ToThread => ({ kind: "enough", call });

test("between two messages all runs that follows from the first and waits for nothing, ticks that follow from ticks too, and it is told when those that came together were taken", async () => {
  const seen: string[] = [];
  const intake = new Intake({
    take: (taken) => {
      const call = "call" in taken ? taken.call : -1;
      seen.push(`${call}`);
      const deeper = (depth: number): void => {
        if (depth === 0) seen.push(`${call} has ended`);
        else void Promise.resolve().then(() => process.nextTick(deeper, depth - 1));
      };
      deeper(3);
    },
    taken: () => seen.push("taken"),
  });
  intake.add([message(1), message(2)]);
  intake.add([message(3)]);
  assert.deepEqual([seen, intake.isTaking], [[], true]);
  await turn();
  await turn();
  assert.deepEqual(seen, ["1", "1 has ended", "2", "2 has ended", "taken", "3", "3 has ended", "taken"]);
  assert.equal(intake.isTaking, false);
});

test("many are taken in the order in which they came", async () => {
  const calls: number[] = [];
  const intake = new Intake({ take: (taken) => calls.push("call" in taken ? taken.call : -1), taken: () => {} });
  for (let group = 0; group < 100; group++) intake.add(Array.from({ length: 32 }, (_, at) => message(group * 32 + at)));
  await turn();
  await turn();
  assert.deepEqual(calls, [...Array(3_200).keys()]);
});
