// Histories that earlier releases recorded: this release must replay each of them, and end as they ended.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { HistoryReplayer } from "../../src/executors/history-replayer.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import type { HistoryEvent, HistoryEventKind } from "../../src/model/history.ts";
import { instanceId } from "../../src/model/ids.ts";
import { installDeterministicGlobals } from "../../src/replay/globals/deterministic-globals.ts";
import { loadCron } from "../../src/schedules/cron.ts";
import { functions, tick } from "./golden-functions.ts";

await loadCron([tick.spec]);

interface Golden {
  readonly instanceId: string;
  readonly generation: number;
  readonly history: readonly HistoryEvent[];
}

const FOLDER = join(import.meta.dirname, "histories");
const releases = readdirSync(FOLDER);

const goldenOf = (release: string): readonly Golden[] =>
  readFileSync(join(FOLDER, release), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Golden);

for (const release of releases) {
  test(`histories of ${release}`, async (t) => {
    using _ = { [Symbol.dispose]: installDeterministicGlobals() };
    const replayer = new HistoryReplayer(new FunctionRegistry(functions));
    for (const { instanceId: id, generation, history } of goldenOf(release)) {
      await t.test(`${id}, generation ${generation}`, async () => {
        const { found, outcome } = await replayer.replay(instanceId(id), history);
        assert.equal(found, null, JSON.stringify(found));
        const end = history.findLast((event) => event.kind === "ExecutionCompleted");
        if (end?.kind !== "ExecutionCompleted" || end.status === "Terminated") assert.equal(outcome, null);
        else if (end.status === "Completed") assert.deepEqual(outcome, { kind: "completed", output: end.result });
        else if (end.status === "Failed") assert.equal(outcome?.kind === "failed" && outcome.failure.message, end.failure?.message);
        else assert.equal(outcome?.kind, "continuedAsNew");
      });
    }
  });
}

test("a history that was changed does not pass", async () => {
  using _ = { [Symbol.dispose]: installDeterministicGlobals() };
  const replayer = new HistoryReplayer(new FunctionRegistry(functions));
  const [sequence] = goldenOf(releases[0] ?? "").filter((one) => one.instanceId === "sequence");
  assert.ok(sequence);
  const changed = sequence.history.map((event) => (event.kind === "TaskScheduled" && event.id === 1 ? { ...event, name: "Cube" } : event));
  assert.equal((await replayer.replay(instanceId("sequence"), changed)).found?.kind, "diverged");
});

/** Each kind of event that orchestrations have had since the first recorded release. */
const KINDS: readonly HistoryEventKind[] = [
  ...(["OrchestratorStarted", "OrchestratorCompleted", "ExecutionStarted", "ExecutionCompleted", "ExecutionTerminated"] as const),
  ...(["ExecutionSuspended", "ExecutionResumed", "TaskScheduled", "TaskCompleted", "TaskFailed", "PatchMarked", "ContinueAsNew"] as const),
  ...(["SubOrchestrationInstanceCreated", "SubOrchestrationInstanceCompleted", "SubOrchestrationInstanceFailed"] as const),
  ...(["TimerCreated", "TimerCanceled", "TimerFired", "EventRaised", "EventSent"] as const),
  ...(["EntityOperationCalled", "EntityOperationSignaled", "EntityOperationCompleted", "EntityOperationFailed"] as const),
  ...(["EntityLockRequested", "EntityLockGranted", "EntityUnlockSent"] as const),
  ...(["ExecutionRewound", "ExecutionForked"] as const),
];

test("the histories have every kind of event", () => {
  const seen = new Set(releases.flatMap((release) => goldenOf(release).flatMap(({ history }) => history.map(({ kind }) => kind))));
  assert.deepEqual(
    KINDS.filter((kind) => !seen.has(kind)),
    [],
  );
});
