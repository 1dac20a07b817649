import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { pausedFrames } from "./paused-frames.ts";

const MS = 700;
/** A profile that begins after the loop takes its caller for it. */
const LOOP = `function loop() {
  let turns = 0;
  for (const end = Date.now() + ${MS}; Date.now() < end; )
    turns += 1;
}
loop();`;
const IDLE = `setTimeout(() => {}, ${MS});`;

for (const [what, code, innermost] of [
  ["computes", LOOP, /^loop \[worker eval\]:[34]$/],
  ["waits for something", IDLE, /^none$/],
] as const) {
  test(`a thread that ${what} is asked for its calls, and continues`, async () => {
    const thread = new Worker(code, { eval: true });
    const ended = once(thread, "exit");
    await once(thread, "online");
    await sleep(200);
    const [first] = (await pausedFrames(thread.threadId, 300)) ?? [];
    assert.match(first === undefined ? "none" : `${first.functionName} ${first.url}:${first.line}`, innermost);
    assert.deepEqual(await ended, [0]);
  });
}
