import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { WaitingFor } from "perdure";
import { activity, entity, orchestrator } from "perdure";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import type { Stand } from "../testing/stand.ts";
import { openStand, STORES } from "../testing/stand.ts";

const approval = orchestrator("Approval", (ctx) => ctx.waitForExternalEvent("Approve"));
const pause = orchestrator("Pause", (ctx) => ctx.createTimer("1d"));
const both = orchestrator("Both", (ctx) => Promise.race([ctx.waitForExternalEvent("Approve"), ctx.createTimer("1d")]));
const twoEvents = orchestrator("TwoEvents", async (ctx) => {
  await ctx.waitForExternalEvent("First");
  await Promise.all([ctx.waitForExternalEvent("Second"), ctx.waitForExternalEvent("Third")]);
});
const failing = activity("Failing", () => {
  throw new Error("no luck\nat all");
});
const retry = orchestrator("Retry", (ctx) => ctx.callActivity(failing, undefined, { retry: { maxAttempts: 3, firstInterval: "1d" } }));
const hanging = activity("Hanging", async (beats: boolean, ctx) => {
  if (beats) ctx.heartbeat({ half: true });
  await sleep(60_000, null, { signal: ctx.signal }).catch(() => null);
});
const hangs = orchestrator("Hangs", (ctx, beats: boolean) => ctx.callActivity(hanging, beats));
const limited = activity("Limited", { perKey: { concurrency: 1 }, key: (key: string) => key }, async (_: string, ctx) => {
  await sleep(60_000, null, { signal: ctx.signal }).catch(() => null);
});
const callsLimited = orchestrator("CallsLimited", (ctx, keys: readonly string[]) =>
  Promise.all(keys.map((key) => ctx.callActivity(limited, key))),
);
const absent = orchestrator("Absent", (ctx) => ctx.callActivity("NoSuchActivity"));
const parent = orchestrator("Parent", (ctx) => ctx.callSubOrchestrator(approval, undefined, { instanceId: `${ctx.instanceId}-child` }));
const grandparent = orchestrator("Grandparent", (ctx) =>
  ctx.callSubOrchestrator(parent, undefined, { instanceId: `${ctx.instanceId}-parent` }),
);
const children = orchestrator("Children", (ctx) =>
  Promise.all(["a", "b"].map((key) => ctx.callSubOrchestrator(approval, undefined, { instanceId: `${ctx.instanceId}-${key}` }))),
);
const stuck = orchestrator("Stuck", () => new Promise<void>(() => {}));
const account = entity("Account", {
  initialState: () => 0,
  operations: {
    add: (ctx, n: number) => {
      ctx.state += n;
    },
  },
});
const holds = orchestrator("Holds", async (ctx, key: string) => {
  using _ = await ctx.lock(account.id(key));
  ctx.setCustomStatus("has it");
  await ctx.waitForExternalEvent("Approve");
});
const callsAccount = orchestrator("CallsAccount", (ctx, key: string) => ctx.entity(account, key).call.add(1));
const functions = [
  ...[account, holds, callsAccount],
  ...[approval, pause, both, twoEvents, retry, hangs, absent, parent, grandparent, children, stuck],
  ...[failing, hanging, limited, callsLimited],
];

interface Case {
  readonly reason: string;
  readonly start: (stand: Stand, id: string) => Promise<unknown>;
  readonly state: WaitingFor["state"];
  /** `ID` is the instance's, `TIME` a time. */
  readonly because: string;
  readonly also?: (found: WaitingFor, id: string) => void;
}

const start = (name: string, input?: unknown) => (stand: Stand, id: string) => stand.client.startNew(name, { instanceId: id, input });

const CASES: readonly Case[] = [
  {
    reason: "an external event",
    start: start("Approval"),
    state: "waiting",
    because: 'It waits for event "Approve" since TIME.',
    also: ({ events, owner }) => {
      assert.deepEqual(
        events.map(({ name }) => name),
        ["Approve"],
      );
      assert.ok(owner === null || owner.alive);
    },
  },
  {
    reason: "several events, of which each has its own beginning",
    start: async (stand, id) => {
      const run = await stand.client.startNew(twoEvents, { instanceId: id });
      await run.raiseEvent("First");
    },
    state: "waiting",
    because: 'It waits for event "Second" since TIME (and 1 more).',
    also: ({ events }) =>
      assert.deepEqual(
        events.map(({ name }) => name),
        ["Second", "Third"],
      ),
  },
  {
    reason: "an event, while one with nearly the same name has come",
    start: async (stand, id) => {
      const run = await stand.client.startNew(approval, { instanceId: id });
      await run.raiseEvent("Aprove");
    },
    state: "waiting",
    because: 'It waits for event "Approve" since TIME (an event "Aprove" came at TIME, and nothing waits for it: is its name misspelled?).',
    also: ({ unawaited }) =>
      assert.deepEqual(
        unawaited.map(({ name, nearest }) => [name, nearest]),
        [["Aprove", "Approve"]],
      ),
  },
  {
    reason: "a timer",
    start: start("Pause"),
    state: "waiting",
    because: "It waits for a timer that is due at TIME.",
    also: ({ timers }) =>
      assert.deepEqual(
        timers.map(({ of }) => of),
        ["timer"],
      ),
  },
  {
    reason: "an event or a timer",
    start: start("Both"),
    state: "waiting",
    because: 'It waits for event "Approve" since TIME, and for a timer that is due at TIME.',
  },
  {
    reason: "the pause before a further attempt",
    start: start("Retry"),
    state: "waiting",
    because: 'It waits for attempt 2 of "Failing" at TIME, after a failure: no luck.',
    also: ({ timers }) =>
      assert.deepEqual(
        timers.map(({ of }) => of),
        ["retry"],
      ),
  },
  {
    reason: "an activity without a row of its own",
    start: start("Hangs", false),
    state: "waiting",
    because: 'It waits for activity "Hanging" since TIME, which runs or is in line at worker N (HOST).',
    also: ({ activities, owner }) =>
      assert.deepEqual(
        activities.map(({ name, attempt, where, worker }) => [name, attempt, where, worker]),
        [["Hanging", 1, "with its owner", owner?.worker]],
      ),
  },
  {
    reason: "an activity that runs, with its heartbeat",
    start: start("Hangs", true),
    state: "waiting",
    because: 'It waits for activity "Hanging" since TIME, which runs at worker N (HOST).',
    also: ({ activities }) =>
      assert.deepEqual(
        activities.map(({ where, heartbeat }) => [where, heartbeat]),
        [["running", '{"half":true}']],
      ),
  },
  {
    reason: "an activity that no worker has",
    start: start("Absent"),
    state: "waiting",
    because:
      'It waits for activity "NoSuchActivity" since TIME, which no worker has taken: no live worker has the activity "NoSuchActivity".',
    also: ({ activities }) =>
      assert.deepEqual(
        activities.map(({ where, worker }) => [where, worker]),
        [["no worker has it", null]],
      ),
  },
  {
    reason: "a free slot of its key",
    start: async (stand, id) => {
      const input = [id, `${id}-b`];
      await stand.client.startNew(callsLimited, { instanceId: `${id}-first`, input });
      await stand.until("the first runs", async () => {
        const found = await stand.client.getStatus(`${id}-first`, { showWaitingFor: true });
        return found?.waitingFor?.activities.filter(({ where }) => where === "running").length === input.length;
      });
      await stand.client.startNew(callsLimited, { instanceId: id, input });
    },
    state: "waiting",
    because: 'It waits for activity "Limited" since TIME, which waits for a free slot of key "ID", 1 of 1 held by ID-first (and 1 more).',
    also: ({ activities }, id) =>
      assert.deepEqual(
        activities.map(({ where, worker, slot }) => [where, worker, slot]),
        [id, `${id}-b`].map((key) => ["no free slot", null, { key, limit: 1, held: 1, holders: [`${id}-first`] }]),
      ),
  },
  {
    reason: "a sub-orchestration, and what that waits for",
    start: start("Grandparent"),
    state: "waiting",
    because:
      'It waits for sub-orchestration "ID-parent", which waits for sub-orchestration "ID-parent-child", which waits for event "Approve" since TIME.',
    also: ({ children: open }, id) =>
      assert.deepEqual(
        open.map(({ instanceId, name, status }) => [instanceId, name, status !== null]),
        [[`${id}-parent`, "Parent", true]],
      ),
  },
  {
    reason: "several sub-orchestrations, of which one is suspended",
    start: async (stand, id) => {
      await stand.client.startNew(children, { instanceId: id });
      await stand.untilStatus(`${id}-a`, "Running");
      await stand.client.suspend(`${id}-a`, "lunch");
    },
    state: "waiting",
    because:
      'It waits for sub-orchestration "ID-a" (and 1 more), which is suspended since TIME ("lunch"), and continues when it is resumed.',
  },
  {
    reason: "a lock, and what its holder waits for",
    start: async (stand, id) => {
      await stand.client.startNew(holds, { instanceId: `${id}-holder`, input: id });
      await stand.untilCustomStatus(`${id}-holder`, "has it");
      await stand.client.startNew(holds, { instanceId: id, input: id });
    },
    state: "waiting",
    because: 'It waits for the lock of @account@ID, held by ID-holder since TIME, which waits for event "Approve" since TIME.',
    also: ({ entities }, id) =>
      assert.deepEqual(
        entities.map(({ entity: which, operation, lockedBy }) => [which, operation, lockedBy]),
        [[`@account@${id}`, null, `${id}-holder`]],
      ),
  },
  {
    reason: "an operation of a locked entity",
    start: async (stand, id) => {
      await stand.client.startNew(holds, { instanceId: `${id}-holder`, input: id });
      await stand.untilCustomStatus(`${id}-holder`, "has it");
      await stand.client.startNew(callsAccount, { instanceId: id, input: id });
    },
    state: "waiting",
    because: 'It waits for operation "add" of @account@ID, locked by ID-holder since TIME, which waits for event "Approve" since TIME.',
  },
  {
    reason: "its start is not due",
    start: (stand, id) => stand.client.startNew(approval, { instanceId: id, startAt: "1d" }),
    state: "scheduled",
    because: "It is to start at TIME.",
  },
  {
    reason: "it is stopped",
    start: start("Stuck"),
    state: "stopped",
    because: "It is stopped since TIME (STUCK): REST.",
  },
];

function shape(because: string, id: string): string {
  return because
    .replaceAll(id, "ID")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "TIME")
    .replace(/worker \d+ \([^)]+\)/g, "worker N (HOST)")
    .replace(/(?<=\(STUCK\): ).*(?=\.$)/s, "REST");
}

for (const store of inTurn("waiting-for", STORES)) {
  describe(store, () => {
    test("for each reason the state and a sentence, through to what is at the root of it", async () => {
      await using stand = await openStand({
        store,
        functions,
        engine: { functionNotFoundAfterMs: 600_000, functionNotFoundAloneMs: 600_000 },
      });
      for (const [index, { reason, start: begin, state, because, also }] of CASES.entries()) {
        const id = `case-${index}`;
        await begin(stand, id);
        let last: WaitingFor | null = null;
        await stand
          .until(
            reason,
            async () => {
              last = (await stand.client.getStatus(id, { showWaitingFor: true }))?.waitingFor ?? null;
              return last !== null && last.state === state && shape(last.because, id) === because;
            },
            10_000,
          )
          .catch(() => assert.deepEqual({ reason, ...(last ?? {}) }, { reason, state, because }));
        if (last !== null) also?.(last, id);
      }
    });

    test("no live worker has the orchestrator, or none is live; what has ended waits for nothing", async () => {
      const engine = { leaseMs: 600_000, functionNotFoundAfterMs: 600_000 };
      await using stand = await openStand({ store, mode: "twice", functions: [approval, stuck], engine, passesTime: true });
      const { client } = stand; // it has no worker
      const why = async (id: string) => (await client.getStatus(id, { showWaitingFor: true }))?.waitingFor;
      await client.startNew("Unknown", { instanceId: "unknown" });
      assert.match((await why("unknown"))?.because ?? "", /^It is ready since \S+, and no live worker has the orchestrator "Unknown"\.$/);
      const ended = await client.startNew(approval, { instanceId: "ended" });
      await ended.raiseEvent("Approve");
      await stand.end("ended");
      assert.equal(await why("ended"), null);
      assert.equal((await client.getStatus("ended"))?.waitingFor, undefined);
      for (const hub of stand.hubs) await hub.close();
      const found = await why("unknown");
      assert.match(found?.because ?? "", /^It is ready since \S+, and no worker is live\.$/);
      assert.equal(found?.state, "ready");
    });
  });
}
