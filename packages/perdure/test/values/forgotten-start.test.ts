import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEntry } from "perdure";
import { orchestrator, TaskHub } from "perdure";
import { ForgottenStart } from "../../src/task-hub/forgotten-start.ts";
import { VirtualTime } from "../../src/testing/virtual-time.ts";

function listening() {
  const lines: string[] = [];
  const log = { enabled: () => true, write: ({ level, event, message }: LogEntry) => void lines.push(`${level} ${event} ${message}`) };
  return { lines, log };
}

test("a forgotten start() is said once in the log, after five seconds, and only while no worker runs", async () => {
  const look = async (overAfterMs: number, workers: boolean): Promise<readonly string[]> => {
    const time = new VirtualTime();
    const { lines, log } = listening();
    const knownFunctions = async () => (workers ? { orchestrator: [], activity: [], entity: [] } : null);
    const forgotten = new ForgottenStart({ scheduler: time, log, knownFunctions, isOver: () => time.monotonicMs() >= overAfterMs });
    for (let second = 0; second < 20; second++) {
      forgotten.noticed();
      await time.advance(1_000);
    }
    return lines;
  };
  const said = await look(Number.POSITIVE_INFINITY, false);
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /^warn hub\.no-worker .*for 5 s.*hub\.start\(\)/);
  assert.deepEqual(await look(4_000, false), []);
  assert.deepEqual(await look(Number.POSITIVE_INFINITY, true), []);
});

test("a hub says it of its own", async () => {
  const { lines, log } = listening();
  const idle = orchestrator("Idle", async () => 1);
  await using hub = await TaskHub.open("memory:", { functions: [idle], log });
  const run = await hub.client.startNew(idle);
  await assert.rejects(run.result({ timeout: "5500ms" }), { code: "RESULT_TIMEOUT" });
  assert.match(lines.join("\n"), /^warn hub\.no-worker .*$/);
});
