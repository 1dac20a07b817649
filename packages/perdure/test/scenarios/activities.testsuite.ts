import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContinuedAsNew } from "perdure";
import { ActivityFailedError, activity, NonRetriableError, orchestrator } from "perdure";
import type { Scenario, Suite } from "../matrix.ts";
import { Notes } from "../testing/notes.ts";

const notes = new Notes();

const double = activity("double", (n: number) => n * 2);
const chain = orchestrator("chain", async (ctx, n: number) => {
  let value = n;
  for (let i = 0; i < 4; i++) value = await ctx.callActivity(double, value);
  return value;
});

const flaky = activity("flaky", (until: number, ctx) => {
  notes.add(ctx.instanceId, ctx.attempt);
  if (ctx.attempt < until) throw new RangeError(`attempt ${ctx.attempt}`);
  return ctx.attempt;
});
const retries = orchestrator("retries", (ctx) =>
  ctx.callActivity(flaky, 4, { retry: { maxAttempts: 5, firstInterval: "30ms", backoff: 2, maxInterval: "50ms" } }),
);
const retriesAtOnce = orchestrator("retriesAtOnce", (ctx) =>
  ctx.callActivity(flaky, 4, { retry: { maxAttempts: 5, firstInterval: "0s", backoff: 2 } }),
);
const underWay = new Map<string, number>();
const counted = activity("counted", async (n: number, ctx) => {
  const now = (underWay.get(ctx.instanceId) ?? 0) + 1;
  underWay.set(ctx.instanceId, now);
  notes.add(ctx.instanceId, now);
  await sleep(n % 3);
  underWay.set(ctx.instanceId, (underWay.get(ctx.instanceId) ?? 0) - 1);
  return n * n;
});
const squares = orchestrator("squares", (ctx, count: number) =>
  ctx.map(
    Array.from({ length: count }, (_, n) => n),
    (n) => ctx.callActivity(counted, n),
    { concurrency: 3 },
  ),
);
const givesUp = orchestrator("givesUp", async (ctx) => {
  const retry = { maxAttempts: 2, firstInterval: "10ms" } as const;
  const failed = await ctx.callActivity(flaky, 9, { retry }).catch((error: unknown) => error);
  if (!(failed instanceof ActivityFailedError)) return "no failure";
  return { errorType: failed.failure.errorType, message: failed.failure.message, activity: failed.activity };
});

const stubborn = activity("stubborn", { retry: { maxAttempts: 9, firstInterval: "1ms" } }, (_: null, ctx) => {
  notes.add(ctx.instanceId, ctx.attempt);
  throw new NonRetriableError("never");
});
const nonRetriable = orchestrator("nonRetriable", (ctx) => ctx.callActivity(stubborn, null).catch((error: Error) => error.message));

const picky = activity("picky", (_: null, ctx) => {
  notes.add(ctx.instanceId, ctx.attempt);
  throw ctx.attempt === 1 ? new RangeError("again") : new TypeError("enough");
});
const handled = orchestrator("handled", (ctx) =>
  ctx
    .callActivity(picky, null, { retry: { maxAttempts: 9, firstInterval: "5ms", handle: (failure) => failure.errorType === "RangeError" } })
    .catch((error: Error) => error.message),
);

const hang = activity("hang", async (_: null, ctx) => {
  await sleep(60_000, null, { signal: ctx.signal }).catch(() => notes.add(ctx.instanceId, (ctx.signal.reason as Error).name));
});
const timesOut = orchestrator("timesOut", (ctx) =>
  ctx.callActivity(hang, null, { timeout: "80ms" }).then(
    () => "ended",
    (error: ActivityFailedError) => error.failure.errorType,
  ),
);
const deaf = activity("deaf", { timeout: "50ms" }, () => sleep(400).then(() => "late"));
const timesOutDeaf = orchestrator("timesOutDeaf", (ctx) =>
  ctx.callActivity(deaf).catch((error: ActivityFailedError) => error.failure.errorType),
);

const climber = activity("climber", async (_: null, ctx) => {
  const from = typeof ctx.progress === "number" ? ctx.progress : 0;
  notes.add(ctx.instanceId, from);
  ctx.heartbeat(from + 1);
  ctx.heartbeat(from + 2);
  if (ctx.attempt < 3) throw new Error("slipped");
  return from + 2;
});
const climbs = orchestrator("climbs", (ctx) => ctx.callActivity(climber, null, { retry: { maxAttempts: 3, firstInterval: "10ms" } }));

const stopped = activity("stopped", async (_: null, ctx) => {
  notes.add(ctx.instanceId, "began");
  await sleep(60_000, null, { signal: ctx.signal }).catch((error: Error) => {
    notes.add(ctx.instanceId, "aborted");
    throw error;
  });
});
const runsUntilTerminated = orchestrator("runsUntilTerminated", (ctx) => ctx.callActivity(stopped, null));

const left = activity("left", async (_: null, ctx) => {
  await sleep(30);
  notes.add(ctx.instanceId, "ran");
});
const leavesBehind = orchestrator("leavesBehind", (ctx) => {
  void ctx.callActivity(left, null);
  return "done";
});

/** One at a time in each worker: the others are in line. */
const inLine = activity("inLine", { maxConcurrent: 1 }, async (n: number, ctx) => {
  notes.add(ctx.instanceId, n);
  await sleep(10);
});
type GoesOn = "returns" | "throws" | "again" | "over";
const leavesInLine = orchestrator("leavesInLine", async (ctx, then: GoesOn): Promise<string | ContinuedAsNew> => {
  if (then === "over") return "done";
  const calls = [0, 1, 2, 3, 4, 5].map((n) => ctx.callActivity(inLine, n));
  await ctx.any(calls);
  if (then === "throws") throw new Error("enough");
  if (then === "again") return ctx.continueAsNew("over");
  return "done";
});

const taskIds = activity("taskIds", (_: null, ctx) => {
  notes.add(ctx.instanceId, ctx.taskId);
  if (ctx.attempt === 1) throw new Error("once more");
  return ctx.taskId;
});
const namesTasks = orchestrator("namesTasks", async (ctx) => {
  const retry = { maxAttempts: 2, firstInterval: "5ms" } as const;
  return Promise.all([ctx.callActivity(taskIds, null, { retry }), ctx.callActivity(taskIds, null, { retry })]);
});

const charged = activity("charged", { retry: { maxAttempts: 2, firstInterval: "5ms" } }, (_: null, ctx) => {
  notes.add(ctx.instanceId, ctx.idempotencyKey);
  if (ctx.attempt === 1) throw new Error("no answer in time");
});
const charges = orchestrator("charges", async (ctx, rounds: number): Promise<string | ContinuedAsNew> => {
  await Promise.all([ctx.callActivity(charged, null), ctx.callActivity(charged, null)]);
  return rounds === 1 ? "done" : ctx.continueAsNew(rounds - 1);
});

const misspelled = orchestrator("misspelled", (ctx) => ctx.callActivity("doubel", 1).catch((error: ActivityFailedError) => error.failure));

const scenarios: readonly Scenario[] = [
  {
    title: "activities run in sequence and each stands in history once",
    async run(stand, id) {
      await stand.client.startNew(chain, { instanceId: id, input: 1 });
      await stand.expectEnd(id, "Completed", 16);
      const history = await stand.history(id);
      assert.equal(history.filter(({ kind }) => kind === "TaskScheduled").length, 4);
      const completed = history.filter((event) => event.kind === "TaskCompleted");
      assert.equal(completed.length, 4);
      for (const { ran, by } of completed) assert.ok(ran !== undefined && ran >= 0 && by !== undefined && by > 0);
      assert.equal(history.at(-1)?.kind, "ExecutionCompleted");
    },
  },
  {
    title: "retries wait on durable timers that stand in history",
    async run(stand, id) {
      await stand.client.startNew(retries, { instanceId: id });
      await stand.expectEnd(id, "Completed", 4);
      assert.deepEqual(notes.of(id), [1, 2, 3, 4]);
      const history = await stand.history(id);
      const pauses = history.filter((event) => event.kind === "TimerCreated");
      assert.deepEqual(
        pauses.map((timer) => Math.min(timer.fireAt - timer.ts, 60)),
        [30, 50, 50],
      );
      assert.equal(history.filter((event) => event.kind === "TimerFired").length, 3);
      assert.equal(history.filter((event) => event.kind === "TaskFailed").length, 3);
    },
  },
  {
    title: "with a first interval of nothing, retries begin at once",
    async run(stand, id) {
      await stand.client.startNew(retriesAtOnce, { instanceId: id });
      await stand.expectEnd(id, "Completed", 4);
      assert.deepEqual(notes.of(id), [1, 2, 3, 4]);
      for (const event of await stand.history(id)) if (event.kind === "TimerCreated") assert.ok(event.fireAt <= event.ts);
    },
  },
  {
    title: "ctx.map runs no more at once than it may, and gives the results in the order of its items",
    async run(stand, id) {
      await stand.client.startNew(squares, { instanceId: id, input: 20 });
      await stand.expectEnd(
        id,
        "Completed",
        Array.from({ length: 20 }, (_, n) => n * n),
      );
      assert.ok(notes.of(id).every((now) => Number(now) <= 3));
    },
  },
  {
    title: "when the attempts are used up the last failure reaches the orchestrator, without a last pause",
    async run(stand, id) {
      await stand.client.startNew(givesUp, { instanceId: id });
      await stand.expectEnd(id, "Completed", { errorType: "RangeError", message: "attempt 2", activity: "flaky" });
      assert.deepEqual(notes.of(id), [1, 2]);
      assert.equal((await stand.kinds(id)).filter((kind) => kind === "TimerCreated").length, 1);
    },
  },
  {
    title: "a NonRetriableError and a refusing handle end the attempts",
    async run(stand, id) {
      await stand.client.startNew(nonRetriable, { instanceId: `${id}-n` });
      await stand.client.startNew(handled, { instanceId: `${id}-h` });
      await stand.expectEnd(`${id}-n`, "Completed", 'Activity "stubborn" failed: never');
      await stand.expectEnd(`${id}-h`, "Completed", 'Activity "picky" failed: enough');
      assert.deepEqual(notes.of(`${id}-n`), [1]);
      assert.deepEqual(notes.of(`${id}-h`), [1, 2]);
    },
  },
  {
    title: "a timeout fires the signal and fails the attempt, heard or not",
    async run(stand, id) {
      await stand.client.startNew(timesOut, { instanceId: `${id}-a` });
      await stand.client.startNew(timesOutDeaf, { instanceId: `${id}-b` });
      await stand.expectEnd(`${id}-a`, "Completed", "TimeoutError");
      await stand.expectEnd(`${id}-b`, "Completed", "TimeoutError");
      assert.deepEqual(notes.of(`${id}-a`), ["TimeoutError"]);
      const failed = (await stand.history(`${id}-a`)).find((event) => event.kind === "TaskFailed");
      assert.ok((failed?.ran ?? 0) >= 75 && failed?.by !== undefined);
    },
  },
  {
    title: "the next attempt is handed the last heartbeat of a failed one",
    async run(stand, id) {
      await stand.client.startNew(climbs, { instanceId: id });
      await stand.expectEnd(id, "Completed", 6);
      assert.deepEqual(notes.of(id), [0, 2, 4]);
    },
  },
  {
    title: "terminate fires the signal of running activities",
    async run(stand, id) {
      const run = await stand.client.startNew(runsUntilTerminated, { instanceId: id });
      await stand.until("the activity runs", () => notes.of(id).includes("began"));
      await run.terminate({ reason: "enough" });
      await stand.expectEnd(id, "Terminated", "enough");
      await stand.until("the activity is aborted", () => notes.of(id).includes("aborted"), 3_000);
    },
  },
  {
    title: "an activity that was not awaited at the end runs at least once",
    async run(stand, id) {
      await stand.client.startNew(leavesBehind, { instanceId: id });
      await stand.expectEnd(id, "Completed", "done");
      await stand.until("the activity ran", () => notes.of(id).includes("ran"));
      assert.equal((await stand.kinds(id)).at(-1), "ExecutionCompleted");
    },
  },
  {
    title: "calls that are in line when their orchestration returns, fails or continues as new run at least once",
    async run(stand, id) {
      for (const then of ["returns", "throws", "again"] as const) {
        const instanceId = `${id}-${then}`;
        await stand.client.startNew(leavesInLine, { instanceId, input: then });
        if (then === "throws") await stand.expectEnd(instanceId, "Failed", "enough");
        else await stand.expectEnd(instanceId, "Completed", "done");
        await stand.until("all have run", () => new Set(notes.of(instanceId)).size === 6);
      }
    },
  },
  {
    title: "a task id names the attempt: every call and every retry has its own",
    async run(stand, id) {
      await stand.client.startNew(namesTasks, { instanceId: id });
      const { output } = await stand.end(id);
      assert.ok(Array.isArray(output));
      assert.equal(new Set(output).size, 2);
      assert.equal(new Set(notes.of(id)).size, 4);
    },
  },
  {
    title: "an idempotency key is one for all attempts of a call, and no other call's: not in the next execution, not under a reused id",
    async run(stand, id) {
      for (let run = 1; run <= 2; run++) {
        await stand.client.startNew(charges, { instanceId: id, input: 2 });
        await stand.expectEnd(id, "Completed", "done");
      }
      const calls = Map.groupBy(notes.of(id), (key) => key);
      assert.equal(calls.size, 8);
      for (const attempts of calls.values()) assert.equal(attempts.length, 2);
      for (const key of calls.keys()) assert.match(String(key), /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    },
  },
  {
    title: "an activity that no worker has fails with the known names",
    async run(stand, id) {
      await stand.client.startNew(misspelled, { instanceId: id });
      const { output } = await stand.end(id);
      const failure = output as { errorType: string; message: string };
      assert.equal(failure.errorType, "FunctionNotFoundError");
      assert.match(failure.message, /"doubel".*"double"/);
    },
  },
];

export const activitySuite: Suite = {
  name: "activities",
  functions: [
    ...[double, flaky, counted, stubborn, picky, hang, deaf, climber, stopped, left, inLine, taskIds, charged],
    ...[
      chain,
      retries,
      retriesAtOnce,
      squares,
      givesUp,
      nonRetriable,
      handled,
      timesOut,
      timesOutDeaf,
      climbs,
      runsUntilTerminated,
      leavesBehind,
      leavesInLine,
      namesTasks,
      charges,
      misspelled,
    ],
  ],
  scenarios,
};
