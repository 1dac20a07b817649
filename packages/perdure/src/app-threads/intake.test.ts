import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Intake } from "./intake.ts";
import type { ToThread } from "./messages.ts";

const forget = (no: number): ToThread => ({ kind: "forget", no }) as ToThread;
const run = (call: number, kind: "activity" | "invocation"): ToThread => ({ kind: "run", call, work: { kind } }) as ToThread;

/** An intake, and what it took: "|" where all that followed from it had run. */
function opened() {
  const taken: string[] = [];
  const intake = new Intake({
    take: (message) => {
      taken.push("call" in message ? `${message.call}` : message.kind);
      void Promise.resolve().then(() => taken.at(-1) !== "|" && taken.push("|"));
    },
    turned: () => {},
  });
  const text = async (): Promise<string> => {
    for (let i = 0; i < 20; i++) await turn();
    return taken.splice(0).join(" ");
  };
  return { intake, text };
}

test("each message has a turn of its own while few wait, so that its answer leaves before the next call begins; of many, some have one together", async () => {
  const { intake, text } = opened();
  intake.add([run(1, "activity"), forget(1), run(2, "activity")]);
  assert.equal(await text(), "1 | forget | 2 |");
  intake.add([run(1, "activity")]);
  intake.add([run(2, "activity")]); // of a process: frames of one packet
  assert.equal(await text(), "1 | 2 |");
  intake.add(Array.from({ length: 34 }, (_, call) => run(call, "activity")));
  const numbers = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at).join(" ");
  assert.equal(await text(), `${numbers(0, 16)} | ${numbers(16, 16)} | 32 | 33 |`);
});

test("an invocation is always alone in its turn", async () => {
  const { intake, text } = opened();
  intake.add(Array.from({ length: 12 }, (_, call) => run(call, call === 2 ? "invocation" : "activity")));
  assert.equal(await text(), "0 1 | 2 | 3 4 5 6 7 8 9 10 11 |");
});

test("once a thread was held each message has a turn of its own, in the order in which they came", async () => {
  const { intake, text } = opened();
  intake.isOneByOne = true;
  intake.add([run(1, "activity"), run(2, "activity")]);
  intake.add([run(3, "activity"), forget(3)]);
  assert.equal(await text(), "1 | 2 | 3 | forget |");
  intake.add(Array.from({ length: 3_000 }, (_, call) => run(call, "activity")));
  for (let i = 0; i < 3_200; i++) await turn();
  assert.equal(await text(), Array.from({ length: 3_000 }, (_, call) => `${call} |`).join(" "));
});
