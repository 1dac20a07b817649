import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { HistoryEvent } from "perdure";
import { TaskHub } from "perdure";
import { instanceId } from "../../src/model/ids.ts";
import type { Store } from "../../src/store/contract.ts";
import { parseHistory } from "../../src/store/parse.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { checkDump } from "../../src/testing/invariants/check-dump.ts";
import { describeViolation } from "../../src/testing/invariants/invariant.ts";
import type { Program, Run } from "./random-programs.testsuite.ts";
import { eventsOf, expected, FUNCTIONS, programs, runs, withoutWaitsInChildren } from "./random-programs.testsuite.ts";

const SETTINGS = { numRuns: 60 };
const TIMEOUT = { timeout: "20s" } as const;

let roots = 0;

interface Ground {
  readonly hub: TaskHub;
  readonly store: Store;
  history(id: string): Promise<readonly HistoryEvent[]>;
}

async function within(keepCursors: boolean, use: (ground: Ground) => Promise<void>): Promise<void> {
  const store = createMemoryStore({ now: () => Date.now() });
  const hub = await TaskHub.open("memory:", { functions: FUNCTIONS, store, log: false, engine: { keepCursors } });
  await hub.start();
  try {
    await use({ hub, store, history: async (id) => parseHistory(await store.readHistory(instanceId(id))) });
    assert.deepEqual(checkDump(await store.dump()).map(describeViolation), []);
  } finally {
    await hub.close();
  }
}

/** Starts it, and gives its events as far as it takes them. */
async function begin({ hub }: Ground, given: Program): Promise<Run> {
  roots += 1;
  const run: Run = { root: `r${roots}`, at: "", steps: withoutWaitsInChildren(given) };
  await hub.client.startNew("main", { instanceId: run.root, input: run });
  return run;
}

type Seen = (before: readonly HistoryEvent[], after: readonly HistoryEvent[]) => void;

/** Brings a run, or a fork of it, to its end, with as many rewinds as it takes; `seen` looks at each of them. */
async function end({ hub, history }: Ground, run: Run, id: string, seen: Seen = () => {}): Promise<void> {
  const open = new Set(eventsOf(run.steps, ""));
  const raise = async () => {
    for (const name of open) {
      const isTaken = await hub.client.raiseEvent(id, name, name).then(
        () => true,
        () => false, // it has failed: after the rewind
      );
      if (isTaken) open.delete(name);
    }
  };
  await raise();
  for (let rewinds = 0; ; rewinds += 1) {
    assert.ok(rewinds < 200, "it does not get to its end");
    const { runtimeStatus, output } = await hub.client.waitForCompletion(id, TIMEOUT);
    if (runtimeStatus === "Completed") return assert.deepEqual(output, expected(run));
    const before = await history(id);
    await hub.client.rewind(id, { reason: `${rewinds}` });
    await raise();
    await hub.client.waitForCompletion(id, TIMEOUT);
    seen(before, await history(id));
  }
}

async function complete(ground: Ground, given: Program, seen?: Seen): Promise<Run> {
  const run = await begin(ground, given);
  await end(ground, run, run.root, seen);
  return run;
}

const text = (event: HistoryEvent) => JSON.stringify(event);
const isMark = (event: HistoryEvent) => event.kind === "ExecutionRewound" || event.kind === "ExecutionForked";
const completed = (events: readonly HistoryEvent[]) =>
  new Map(events.flatMap((event) => (event.kind === "TaskCompleted" ? [[event.taskId, event.result] as const] : [])));

/** What holds between a history and the one that a rewind has made of it (rows of the table in the guide). */
function checkRewind(before: readonly HistoryEvent[], after: readonly HistoryEvent[]): void {
  const marks = before.filter(isMark).length;
  const at = after.findLastIndex(isMark);
  assert.ok(after.filter(isMark).length <= marks + 1 && at >= 0, "one mark more, or fewer where earlier ones were taken back");
  const kept = after.slice(0, at);
  let place = 0;
  for (const event of kept) {
    place = before.findIndex((old, index) => index >= place && text(old) === text(event)) + 1;
    assert.ok(place > 0, `${text(event)} stands before the mark and was not recorded`);
  }
  const last = kept.reduce((most, event) => ("id" in event ? Math.max(most, event.id) : most), -1);
  const now = completed(after);
  for (const [id, result] of completed(before))
    if (id <= last) assert.equal(now.get(id), result, `call ${id} stays, and so does its result`);
  const raised = (events: readonly HistoryEvent[]) => events.flatMap((event) => (event.kind === "EventRaised" ? [event.name] : []));
  for (const name of raised(before)) assert.ok(raised(after).includes(name), `event ${name} is kept`);
}

for (const keepCursors of [true, false]) {
  test(`random programs come to their end by rewinds, ${keepCursors ? "with" : "without"} cursors`, async () => {
    await within(keepCursors, async (ground) => {
      await fc.assert(
        fc.asyncProperty(programs, async (program) => {
          await complete(ground, program, checkRewind);
        }),
        SETTINGS,
      );
    });
  });

  test(`a fork at any event of random programs ends as the original, ${keepCursors ? "with" : "without"} cursors`, async () => {
    await within(keepCursors, async (ground) => {
      const { hub, history } = ground;
      await fc.assert(
        fc.asyncProperty(programs, fc.double({ min: 0, max: 1, noNaN: true }), async (program, share) => {
          const run = await complete(ground, program);
          const original = await history(run.root);
          const event = 1 + Math.floor(share * original.length);
          const counts = new Map(runs);
          const fork = await hub.client.fork(run.root, { at: { event }, events: "keep" });
          assert.deepEqual(await fork.result(TIMEOUT), expected(run));
          assert.deepEqual(await history(run.root), original, "the original is as it was");

          const forked = await history(fork.instanceId);
          const mark = forked.findLastIndex((one) => one.kind === "ExecutionForked");
          for (const one of forked.slice(0, mark)) {
            if (one.kind !== "TaskScheduled" || !completed(forked.slice(0, mark)).has(one.id)) continue;
            const { key } = JSON.parse(one.input ?? "{}");
            if (typeof key === "string")
              assert.equal(runs.get(key), counts.get(key), `${key} was complete at the point, and does not run again`);
          }
        }),
        SETTINGS,
      );
    });
  });

  test(`forks of random programs that failed come to their end by rewinds, ${keepCursors ? "with" : "without"} cursors`, async () => {
    await within(keepCursors, async (ground) => {
      const { hub, history } = ground;
      await fc.assert(
        fc.asyncProperty(programs, fc.double({ min: 0, max: 1, noNaN: true }), async (program, share) => {
          const run = await begin(ground, program);
          for (const name of eventsOf(run.steps, "")) await hub.client.raiseEvent(run.root, name, name).catch(() => {});
          await hub.client.waitForCompletion(run.root, TIMEOUT);
          const event = 1 + Math.floor(share * (await history(run.root)).length);
          const fork = await hub.client.fork(run.root, { at: { event } });
          const again = await hub.client.fork(fork.instanceId, { at: { checkpoint: 0 } });
          for (const id of [fork.instanceId, run.root, again.instanceId]) await end(ground, run, id);
        }),
        SETTINGS,
      );
    });
  });
}
