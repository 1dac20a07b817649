import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { ActivityResult, EpisodeResult, Executor, Offer } from "../../src/model/executor.ts";
import { payload } from "../../src/model/payload.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const work = activity("work", () => 1);
const asks = orchestrator("asks", async (ctx) => (await ctx.callActivity(work)) + 1);
const waits = orchestrator("waits", async (ctx) => ctx.callActivity("slow"));

async function open(executor: (native: Executor) => Executor): Promise<{ readonly fleet: TestFleet; readonly events: string[] }> {
  const events: string[] = [];
  const log = { enabled: () => true, write: ({ event }: { readonly event: string }) => void events.push(event) };
  const functions = ({ sleep }: { sleep(ms: number): Promise<void> }) => [asks, waits, work, activity("slow", () => sleep(60_000))];
  return { fleet: await TestFleet.open(1, { store: "memory", functions, executor, log }), events };
}

const broken = (): never => {
  throw new Error("the channel is closed");
};

const CALLS = ["abortEpisode", "abortActivity", "forget", "onOffer", "onHeartbeat"] as const satisfies readonly (keyof Executor)[];

for (const call of CALLS) {
  test(`an executor whose ${call} throws harms nothing, and the log says so`, async () => {
    const silent = (native: Executor): Executor["runEpisode"] => {
      return (request) => (request.instanceId === "silent" ? new Promise(() => {}) : native.runEpisode(request));
    };
    const { fleet, events } = await open((native) => wrapExecutor(native, { runEpisode: silent(native), [call]: broken }));
    await using _ = fleet;
    await fleet.start(0, "waits", ["ended", "silent"]);
    await fleet.advance(100);
    for (const instanceId of ["ended", "silent"]) {
      const ended = fleet.client(0).terminate({ instanceId, reason: "enough", recursive: false });
      await fleet.advance(100);
      await ended;
      assert.equal((await fleet.status(instanceId))?.runtimeStatus, "Terminated");
    }
    await fleet.start(0, "asks", "one");
    assert.equal(await fleet.end("one", 10_000), 2);
    assert.ok(events.includes("executor.failed"), events.join());
  });
}

const hostile = new Proxy({}, { get: broken });
const ran = { kind: "ran", outcome: null };
const call = { kind: "callActivity", id: 0, name: "work", input: null };

const NO_EPISODES: readonly unknown[] = [
  undefined,
  null,
  "ran",
  {},
  hostile,
  { kind: "toString" },
  { kind: "lost", atFault: "me" },
  { kind: "poison", reason: 7 },
  { kind: "stopped", code: 1, message: "m" },
  { kind: "historyNeeded" },
  { kind: "ran", actions: [], outcome: undefined },
  { ...ran, actions: {} },
  { ...ran, actions: [null] },
  { ...ran, actions: [{ kind: "leave", id: 0 }] },
  { ...ran, actions: [{ ...call, name: null }] },
  { ...ran, actions: [{ ...call, input: { a: 1 } }] },
  {
    ...ran,
    actions: [
      { ...call, tags: [] },
      { kind: "createTimer", id: 1, fireAt: Number.NaN },
    ],
  },
  { ...ran, actions: [], customStatus: 7 },
  { ...ran, actions: [], droppedEvents: ["a"] },
  { ...ran, actions: [], openEvents: "Approved" },
  { ...ran, actions: [], cursorBytes: "1 MB" },
  { ...ran, actions: [], trace: {} },
  { ...ran, actions: [], outcome: { kind: "done" } },
  { ...ran, actions: [], outcome: { kind: "completed", output: 7 } },
  { ...ran, actions: [], outcome: { kind: "failed", failure: "no" } },
  { ...ran, actions: [], outcome: { kind: "continuedAsNew", input: null, carryOver: null } },
];

const NO_ACTIVITIES: readonly unknown[] = [
  undefined,
  7,
  hostile,
  { kind: "ran" },
  { kind: "completed", result: 7 },
  { kind: "completed" },
  { kind: "failed", failure: null },
  { kind: "failed", failure: { errorType: "Error" } },
];

const nameOf = (value: unknown) => (value === hostile ? "an object that throws when it is read" : JSON.stringify(value));

const PAUSES: readonly unknown[] = [Number.NaN, -1, "soon", undefined, null];

async function answersOnce(what: "runEpisode" | "runActivity", answer: unknown): Promise<void> {
  let calls = 0;
  const { fleet } = await open((native) => {
    const first = <T>(run: () => Promise<T>): Promise<T> => {
      calls += 1;
      return calls === 1 ? Promise.resolve(answer as T) : run();
    };
    return wrapExecutor(native, {
      [what]: (request: never) => first<EpisodeResult | ActivityResult>(() => native[what](request)),
    });
  });
  await using _ = fleet;
  await fleet.start(0, "asks", "one").catch(() => {});
  assert.equal(await fleet.end("one", 10_000), 2, nameOf(answer));
  assert.ok(calls > 1, nameOf(answer));
}

test("an answer that the port does not allow counts as lost: nothing of it is recorded, and the call is delivered again", async () => {
  for (const answer of NO_EPISODES) await answersOnce("runEpisode", answer);
  for (const answer of NO_ACTIVITIES) await answersOnce("runActivity", answer);
});

test("an answer in place of a promise counts as one that came", async () => {
  const { fleet } = await open((native) =>
    wrapExecutor(native, { runActivity: () => ({ kind: "completed", result: payload("1") }) as never }),
  );
  await using _ = fleet;
  await fleet.start(0, "asks", "one");
  assert.equal(await fleet.end("one", 10_000), 2);
});

test("a pause that is not one is taken as that of an executor without a place", async () => {
  for (const elsewhere of [true, false, "yes"]) {
    for (const retryAfterMs of PAUSES) {
      for (const what of ["runEpisode", "runActivity"] as const) await answersOnce(what, { kind: "declined", retryAfterMs, elsewhere });
    }
  }
});

test("one that declines for longer than a timer can wait is asked again as soon as it has gained a place", async () => {
  for (const retryAfterMs of [Number.POSITIVE_INFINITY, 1e300, Number.MAX_SAFE_INTEGER]) {
    let [calls, capacity] = [0, 1];
    let gained = () => {};
    const { fleet } = await open((native) =>
      Object.create(
        wrapExecutor(native, {
          onOffer: (listener) => {
            gained = listener;
            return () => {};
          },
          runActivity: (request) => {
            calls += 1;
            return calls === 1 ? Promise.resolve({ kind: "declined", retryAfterMs, elsewhere: false }) : native.runActivity(request);
          },
        }),
        { offer: { get: offerOf(native, () => capacity) } },
      ),
    );
    await using _ = fleet;
    await fleet.start(0, "asks", "one");
    await fleet.advance(5_000);
    assert.equal(calls, 1);
    capacity = 2;
    gained();
    assert.equal(await fleet.end("one", 1_000), 2);
  }
});

/** Another object as soon as anything in it changes. */
function offerOf(native: Executor, capacity: () => number): () => Offer {
  let last: Offer | null = null;
  return () => {
    if (last?.activity.capacity !== capacity()) last = { ...native.offer, activity: { ...native.offer.activity, capacity: capacity() } };
    return last;
  };
}

test("an offer that cannot be used leaves the one before it in force, and a heartbeat that names no task is ignored", async () => {
  const offers: readonly unknown[] = [undefined, null, 7, {}, hostile, { orchestrator: { names: "all" }, activity: {} }];
  for (const offer of offers) {
    let isBroken = false;
    let [changed, beats] = [() => {}, (..._beat: readonly unknown[]) => {}];
    const { fleet, events } = await open((native) =>
      Object.create(
        wrapExecutor(native, {
          onOffer: (listener) => {
            changed = listener;
            return () => {};
          },
          onHeartbeat: (listener) => {
            beats = listener as typeof beats;
            return native.onHeartbeat(listener);
          },
        }),
        { offer: { get: () => (isBroken ? offer : native.offer) } },
      ),
    );
    await using _ = fleet;
    isBroken = true;
    changed();
    for (const beat of [undefined, null, {}, hostile, { no: 1, generation: "0", eventId: 1 }]) beats(beat, 7);
    await fleet.start(0, "asks", "one");
    assert.equal(await fleet.end("one", 10_000), 2);
    assert.ok(events.includes("executor.failed"));
  }
});
