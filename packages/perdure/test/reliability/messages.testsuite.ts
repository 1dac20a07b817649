import assert from "node:assert/strict";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { ContinuedAsNew, Duration, OrchestratorContext } from "perdure";
import { activity, orchestrator, PerdureError } from "perdure";
import { checkDump } from "../../src/testing/invariants/check-dump.ts";
import type { Scenario, Suite } from "../matrix.ts";
import { Notes } from "../testing/notes.ts";

const notes = new Notes();
const echo = activity("echo", (value: unknown) => value);
const noteRun = activity("noteRun", (n: number, ctx) => {
  notes.add(ctx.instanceId, n);
  return n;
});
const hold = activity("hold", async (_: null, ctx) => {
  notes.add(ctx.instanceId, "held");
  await sleep(60_000, null, { signal: ctx.signal }).catch((error: Error) => {
    notes.add(ctx.instanceId, "aborted");
    throw error;
  });
});

const takes = orchestrator("takes", async (ctx, count: number) => {
  const got: unknown[] = [];
  while (got.length < count) got.push(await ctx.waitForExternalEvent("Item"));
  return got;
});
type CountState = { readonly seen: readonly number[]; readonly until: number };
const spins = orchestrator(
  "spins",
  async (ctx: OrchestratorContext<CountState>, { seen, until }: CountState): Promise<readonly number[] | ContinuedAsNew> => {
    const event = ctx.waitForExternalEvent<number>("Spin");
    const { winner } = await ctx.any([event, ctx.createTimer(seen.length % 2 === 0 ? "0ms" : "1ms")]);
    if (winner !== event) {
      event.cancel();
      return ctx.continueAsNew({ seen, until });
    }
    const n = event.result;
    const all = seen.includes(n) ? seen : [...seen, n];
    return all.length < until ? ctx.continueAsNew({ seen: all, until }) : all;
  },
);
const twoWaits = orchestrator("twoWaits", async (ctx) => {
  const first = await ctx.waitForExternalEvent("Step");
  ctx.setCustomStatus("between");
  await ctx.createTimer("30ms");
  await ctx.callActivity(echo, null);
  return [first, await ctx.waitForExternalEvent("step")];
});
const impatient = orchestrator("impatient", async (ctx, rounds: number) => {
  for (let lost = 0; ; lost++) {
    const event = ctx.waitForExternalEvent<string>("Win");
    const timer = ctx.createTimer(lost < rounds ? "1ms" : "1h");
    if (lost === rounds) ctx.setCustomStatus("last round");
    const { winner } = await ctx.any([event, timer]);
    if (winner === event) {
      timer.cancel();
      return { lost, got: event.result };
    }
    event.cancel();
  }
});
const pairs = orchestrator("pairs", async (ctx) => {
  const order: string[] = [];
  const wait = async (name: string) => {
    const value = await ctx.waitForExternalEvent<string>(name);
    order.push(`${name} ${value}`);
    return ctx.callActivity(echo, name);
  };
  const both = Promise.all([wait("A"), wait("B")]);
  ctx.setCustomStatus("waiting");
  return { order, results: await both };
});
const busy = orchestrator("busy", async (ctx: OrchestratorContext<number>, rounds: number): Promise<string | ContinuedAsNew> => {
  ctx.setCustomStatus(rounds);
  await ctx.waitForExternalEvent("Noise");
  return rounds > 0 ? ctx.continueAsNew(rounds - 1) : "done";
});
const repeats = orchestrator("repeats", async (ctx) => {
  const one = ctx.callActivity(noteRun, 1);
  const two = ctx.callActivity(noteRun, 2);
  const three = ctx.callActivity(noteRun, 3);
  await one;
  await one;
  const open = new Set([one, two, three]);
  while (open.size > 0) {
    const { winner } = await ctx.any([...open]);
    open.delete(winner);
  }
  return [await one, await two, await three, await ctx.all([one, one])];
});
const fans = orchestrator("fans", async (ctx, width: number) => {
  const results = await Promise.all(Array.from({ length: width }, (_, n) => ctx.callActivity(noteRun, n)));
  return results.every((value, n) => value === n) ? results.length : -1;
});
const guarded = orchestrator("guarded", async (ctx) => {
  const alarm = ctx.createTimer("1h");
  const { winner } = await ctx.any([alarm, ctx.waitForExternalEvent<string>("Poke")]);
  return winner === alarm ? "alarm" : "poked";
});
const keeps = orchestrator("keeps", async (ctx) => {
  const far = ctx.createTimer("300d");
  await ctx.waitForExternalEvent("Go");
  far.cancel();
  return "now";
});
const never = orchestrator("never", (ctx) => ctx.waitForExternalEvent("Never"));
const branch = orchestrator("branch", async (ctx, depth: number): Promise<void> => {
  if (depth > 0) await ctx.callSubOrchestrator("branch", depth - 1, { instanceId: `${ctx.instanceId}.${depth}` });
  else await Promise.all([ctx.callActivity(hold, null), ctx.createTimer("30d")]);
});

const range = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const has = (code: string) => (error: unknown) => error instanceof PerdureError && error.code === code;
const sorted = (values: unknown) => (values as number[]).toSorted((a, b) => a - b);

export interface MessageLoad {
  /** Of its fan-outs. */
  readonly widest: number;
  /** Until an instance starts that is sent events before. Where three stands share two cores, two seconds would not always do. */
  readonly startsAt: Duration;
  /** Generations that are sent events without a pause. */
  readonly rounds: number;
}

export const messageSuite = (load: MessageLoad): Suite => ({
  name: "messages and liveness",
  functions: [echo, noteRun, hold, takes, spins, twoWaits, impatient, pairs, busy, repeats, fans, guarded, keeps, never, branch],
  engine: { longActivityMs: 300 },
  scenarios: scenarios(load),
});

const scenarios = ({ widest, rounds, startsAt }: MessageLoad): readonly Scenario[] => [
  {
    title:
      "case 1: raised before the start, while Pending, in the same millisecond as the start: delivered once, in order, or refused in words",
    async run(stand, id) {
      await assert.rejects(stand.client.raiseEvent(id, "Item", 0), has("INSTANCE_NOT_FOUND"));
      const run = await stand.client.startNew(takes, { instanceId: id, input: 6, startAt: startsAt });
      for (const n of [1, 2, 3]) await run.raiseEvent("Item", n);
      assert.equal((await run.status()).runtimeStatus, "Pending");
      await stand.untilStatus(id, "Running");
      for (const n of [4, 5, 6]) await run.raiseEvent("Item", n);
      await stand.expectEnd(id, "Completed", range(6));

      const racing = stand.client.startNew(takes, { instanceId: `${id}-r`, input: 2 });
      const early = stand.client.raiseEvent(`${id}-r`, "Item", "early").then(
        () => true,
        () => false,
      );
      const started = await racing;
      const wasTaken = await early;
      await started.raiseEvent("Item", "a");
      if (!wasTaken) await started.raiseEvent("Item", "b");
      await stand.expectEnd(`${id}-r`, "Completed", wasTaken ? ["early", "a"] : ["a", "b"]);
    },
  },
  {
    title: "case 2: N events during continueAsNew in a tight loop, with and without zero timers: N seen",
    async run(stand, id) {
      const run = await stand.client.startNew(spins, { instanceId: id, input: { seen: [], until: 30 } });
      for (const n of range(30)) {
        await run.raiseEvent("Spin", n);
        if (n % 7 === 0) await sleep(2);
      }
      assert.deepEqual(sorted((await stand.end(id)).output), range(30));
    },
  },
  {
    title: "case 3: two waits on one name, the second event during an activity: delivered to the second wait",
    async run(stand, id) {
      const run = await stand.client.startNew(twoWaits, { instanceId: id });
      await run.raiseEvent("Step", 1);
      await stand.untilCustomStatus(id, "between");
      await run.raiseEvent("STEP", 2);
      await stand.expectEnd(id, "Completed", [1, 2]);
    },
  },
  {
    title: "case 4: the timer wins 100 times, then one event: the live iteration gets it",
    async run(stand, id) {
      const run = await stand.client.startNew(impatient, { instanceId: id, input: 100 });
      await stand.untilCustomStatus(id, "last round");
      await run.raiseEvent("Win", "at last");
      await stand.expectEnd(id, "Completed", { lost: 100, got: "at last" });
    },
  },
  {
    title: "case 5: an event to an unknown, completed, purged or suspended instance has one outcome each, never silence",
    async run(stand, id) {
      await assert.rejects(stand.client.raiseEvent(`${id}-unknown`, "Item", 1), has("INSTANCE_NOT_FOUND"));
      const run = await stand.client.startNew(takes, { instanceId: id, input: 2 });
      await run.suspend();
      await stand.untilStatus(id, "Suspended");
      await run.raiseEvent("Item", 1);
      await run.raiseEvent("Item", 2);
      await run.resume();
      await stand.expectEnd(id, "Completed", [1, 2]);
      await assert.rejects(run.raiseEvent("Item", 3), has("INSTANCE_DONE"));
      await stand.client.purge(id);
      await assert.rejects(run.raiseEvent("Item", 3), has("INSTANCE_NOT_FOUND"));
    },
  },
  {
    title: "case 6: two waits of different names resolved in one batch: replay order is live order",
    async run(stand, id) {
      const run = await stand.client.startNew(pairs, { instanceId: id });
      await stand.untilCustomStatus(id, "waiting");
      await run.suspend();
      await stand.untilStatus(id, "Suspended");
      await run.raiseEvent("B", "first");
      await run.raiseEvent("A", "second");
      await run.resume(); // both come in with the resume, in one episode
      await stand.expectEnd(id, "Completed", { order: ["B first", "A second"], results: ["A", "B"] });
    },
  },
  {
    title: "case 7: endless senders do not livelock continueAsNew, and its history does not grow",
    async run(stand, id) {
      const run = await stand.client.startNew(busy, { instanceId: id, input: rounds });
      let sending = true;
      let sent = 0;
      let left = rounds;
      const senders = range(3).map(async (n) => {
        while (sending) {
          // Ever more of them than it has taken, and each generation hands them all on: without a limit that takes minutes where events come faster.
          if (sent - (rounds - left) > 50) await sleep(2);
          else {
            sent++;
            await run.raiseEvent("Noise", n).catch(() => {});
            await nextTurn(); // a store in memory answers within the turn
          }
        }
      });
      const looking = (async () => {
        for (; sending; await sleep(10)) left = Number((await run.status()).customStatus ?? left);
      })();
      try {
        const other = await stand.client.startNew(takes, { instanceId: `${id}-other`, input: 1 });
        await other.raiseEvent("Item", "meanwhile");
        await stand.expectEnd(`${id}-other`, "Completed", ["meanwhile"]);
        await stand.expectEnd(id, "Completed", "done");
      } finally {
        sending = false;
        await Promise.all([...senders, looking]);
      }
      const generations = (await stand.history(id)).filter((event) => event.kind === "ExecutionStarted");
      assert.equal(generations[0]?.kind === "ExecutionStarted" && generations[0].generation, rounds);
    },
  },
  {
    title: "case 11: awaiting a task twice, after any, and looping over what remains schedules each once",
    async run(stand, id) {
      await stand.client.startNew(repeats, { instanceId: id });
      await stand.expectEnd(id, "Completed", [1, 2, 3, [1, 1]]);
      assert.equal((await stand.kinds(id)).filter((kind) => kind === "TaskScheduled").length, 3);
      assert.deepEqual(sorted(notes.of(id)), [1, 2, 3]);
    },
  },
  {
    title: `case 12: fan-out of 99, 100 and ${widest} in one turn drops and doubles nothing`,
    async run(stand, id) {
      for (const width of [99, 100, widest]) {
        await stand.client.startNew(fans, { instanceId: `${id}-${width}`, input: width });
        await stand.expectEnd(`${id}-${width}`, "Completed", width);
        const history = await stand.history(`${id}-${width}`);
        assert.equal(history.filter((event) => event.kind === "TaskScheduled").length, width);
        assert.equal(new Set(history.flatMap((event) => (event.kind === "TaskCompleted" ? [event.taskId] : []))).size, width);
        assert.equal(notes.of(`${id}-${width}`).length, width);
      }
    },
  },
  {
    title: "case 14: a start with the same id from 50 clients: one instance, 49 clear answers",
    async run(stand, id) {
      const clients = [stand.client, ...stand.hubs.map((hub) => hub.client)];
      const starts = range(50).map((n) => (clients[n % clients.length] ?? stand.client).startNew(never, { instanceId: id }));
      const outcomes = await Promise.allSettled(starts);
      const refused = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
      assert.equal(refused.length, 49);
      assert.ok(refused.every(has("INSTANCE_EXISTS")));
      assert.equal((await stand.store.dump()).instances.filter(({ instanceId }) => instanceId === id).length, 1);
      await stand.client.terminate(id);
      await stand.end(id);
    },
  },
  {
    title: "case 16: every instance that is not done has a next wake reason, and the checker names one that has none",
    async run(stand, id) {
      await stand.client.startNew(never, { instanceId: `${id}-event` });
      await stand.client.startNew(keeps, { instanceId: `${id}-timer` });
      await stand.client.startNew(never, { instanceId: `${id}-scheduled`, startAt: "9d" });
      await stand.client.startNew(branch, { instanceId: `${id}-tree`, input: 1 });
      await stand.client.startNew(guarded, { instanceId: `${id}-suspended` });
      await stand.client.suspend(`${id}-suspended`);
      const mine = async () => (await stand.store.dump()).instances.filter(({ instanceId }) => instanceId.startsWith(`${id}-`));
      await stand.until("those that only wait have left memory", async () => {
        const left = (await mine()).filter(({ owner }) => owner === null);
        return left.length >= 4 && left.some(({ instanceId }) => instanceId === `${id}-timer`);
      });
      await stand.check();
      const dump = await stand.store.dump();
      const instances = dump.instances.map((row) => (row.instanceId === `${id}-timer` ? { ...row, wakeAt: null, nextWake: null } : row));
      const found = checkDump({ ...dump, instances }, { atRest: false }).filter(({ instanceId }) => instanceId === `${id}-timer`);
      assert.ok(
        found.some(({ invariant }) => invariant === "wake-reason"),
        "the checker missed it",
      );
      for (const name of ["event", "timer", "scheduled", "suspended"]) await stand.client.terminate(`${id}-${name}`);
      await stand.client.terminate(`${id}-tree`, { recursive: true });
      for (const { instanceId } of await mine()) await stand.end(instanceId);
    },
  },
  {
    title: "case 23: raising an event to an instance with a future timer does not fire the timer",
    async run(stand, id) {
      const run = await stand.client.startNew(guarded, { instanceId: id });
      await run.raiseEvent("Poke", "x");
      await stand.expectEnd(id, "Completed", "poked");
      assert.ok(!(await stand.kinds(id)).includes("TimerFired"));
    },
  },
  {
    title: "case 26: a cancelled timer lets the instance complete now",
    async run(stand, id) {
      const run = await stand.client.startNew(keeps, { instanceId: id });
      await run.raiseEvent("Go");
      await stand.expectEnd(id, "Completed", "now");
    },
  },
  {
    title: "case 46: terminate with recursive cascades, aborts running activities, leaves no orphan timers",
    async run(stand, id) {
      const run = await stand.client.startNew(branch, { instanceId: id, input: 2 });
      const leaf = `${id}.2.1`;
      await stand.until("the leaf's activity runs", () => notes.of(leaf).includes("held"));
      await run.terminate({ reason: "all of it", recursive: true });
      for (const one of [id, `${id}.2`, leaf]) await stand.expectEnd(one, "Terminated", "all of it");
      await stand.until("its activity is aborted", () => notes.of(leaf).includes("aborted"), 3_000);
      const { instances } = await stand.store.dump();
      const nos = new Set(instances.filter(({ instanceId }) => instanceId.startsWith(id)).map(({ no }) => no));
      assert.equal(nos.size, 3);
      assert.ok(instances.every(({ no, wakeAt, owner }) => !nos.has(no) || (wakeAt === null && owner === null)));
      await stand.until("no task is left", async () => !(await stand.store.dump()).tasks.some(({ no }) => nos.has(no)));
    },
  },
];
