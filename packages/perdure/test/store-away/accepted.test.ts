import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { activity, orchestrator } from "perdure";
import { StoreUnavailableError } from "../../src/errors/store-unavailable.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import type { Mood } from "./away-hub.testsuite.ts";
import { AwayHub } from "./away-hub.testsuite.ts";

const ACCEPT_MS = 15_000;

/** Counts runs by instance. */
function app() {
  const runs: string[] = [];
  const note = activity("note", (id: string) => {
    runs.push(id);
    return id;
  });
  const plain = orchestrator("plain", (ctx) => ctx.callActivity(note, ctx.instanceId));
  const timed = orchestrator("timed", async (ctx) => {
    await ctx.createTimer("3s");
    await ctx.createTimer("3s");
    return ctx.callActivity(note, ctx.instanceId);
  });
  const quick = orchestrator("quick", async () => "at once");
  const parent = orchestrator("parent", (ctx) => ctx.callSubOrchestrator(plain));
  const events = orchestrator("events", async (ctx) => {
    for (;;) await ctx.callActivity(note, await ctx.waitForExternalEvent<string>("E"));
  });
  return { runs, plain, timed, quick, parent, events, functions: [note, plain, timed, quick, parent, events] };
}

const AWAY = ["full", "locked", "lost", "done", "hangs"] as const satisfies readonly Mood[];
/** Those in which nothing arrives, and it is known. */
const REFUSING: readonly Mood[] = ["full", "locked"];

interface Answer {
  readonly accepted: "yes" | "no" | "unknown";
  readonly instanceId: string;
}

/** The answer to come; time passes by other means. */
async function answerOf(hub: AwayHub, call: Promise<{ readonly instanceId: string }>): Promise<Answer> {
  const began = hub.time.monotonicMs();
  const inTime = () => assert.ok(hub.time.monotonicMs() - began <= ACCEPT_MS + 1, `answered after ${hub.time.monotonicMs() - began} ms`);
  return call.then(
    ({ instanceId }) => {
      inTime();
      return { accepted: "yes" as const, instanceId };
    },
    (error: unknown) => {
      inTime();
      assert.ok(error instanceof StoreUnavailableError, String(error));
      assert.deepEqual([error.code, error.httpStatus], ["STORE_UNAVAILABLE", 503]);
      return { accepted: error.accepted, instanceId: error.instanceId };
    },
  );
}

/** Lets the time pass in which all of them must be there. */
async function answered(hub: AwayHub, calls: readonly Promise<Answer>[]): Promise<readonly Answer[]> {
  await hub.pass(ACCEPT_MS + 2);
  const late = Symbol("late");
  const seen = await Promise.all(
    calls.map((call) => Promise.race([call, new Promise<typeof late>((resolve) => setImmediate(() => resolve(late)))])),
  );
  return seen.map((answer) => (answer === late ? assert.fail("a call has no answer") : answer));
}

const answer1 = async (hub: AwayHub, call: Promise<{ readonly instanceId: string }>) =>
  (await answered(hub, [answerOf(hub, call)]))[0] ?? assert.fail();

describe("a start while the store is away is answered in time, and never executed when it was not accepted", () => {
  for (const store of inTurn("accepted", ["memory", "sqlite"] as const)) {
    for (const mood of AWAY) {
      for (const worker of [true, false]) {
        for (const name of ["plain", "timed", "quick", "parent"] as const) {
          test(`${name}, store ${mood} (${store}, ${worker ? "with a worker" : "a client alone"})`, async () => {
            const { runs, functions } = app();
            await using hub = await AwayHub.open({ store, functions, worker });
            hub.mood = mood;
            // In one turn, and some time after: of those that came before the trouble was seen, and of those that came after.
            const first = ["a", undefined, "b"].map((instanceId) =>
              hub.client.startNew(name, instanceId === undefined ? {} : { instanceId }),
            );
            const answers = first.map((call) => answerOf(hub, call));
            await hub.pass(2_000);
            const later = ["c", undefined].map((instanceId) => hub.client.startNew(name, instanceId === undefined ? {} : { instanceId }));
            for (const call of later) answers.push(answerOf(hub, call));
            const seen = await answered(hub, answers);
            await hub.pass(5_000);
            hub.mood = "answers";
            if (!worker) await hub.settled(hub.worker.start());
            await hub.pass(60_000);
            for (const { accepted, instanceId } of seen) {
              const status = await hub.sim.store.getInstance(instanceId as never);
              if (accepted === "no") assert.equal(status, null, `${instanceId} was not accepted`);
              if (accepted === "yes") assert.equal(status?.status, "Completed");
            }
            if (worker || REFUSING.includes(mood)) {
              // What came while the trouble was known was held back.
              assert.deepEqual(
                seen.slice(3).map(({ accepted }) => accepted),
                mood === "done" && !worker ? ["yes", "yes"] : ["no", "no"],
              );
            }
            if (REFUSING.includes(mood) && name !== "parent")
              assert.ok(
                seen.every(({ accepted }) => accepted === "no"),
                JSON.stringify(seen),
              );
            assert.equal(new Set(runs).size, runs.length, "nothing ran twice");
          });
        }
      }
    }
  }
});

describe("a repeat of a start whose outcome was not known finds it or starts it, never both", () => {
  for (const mood of ["lost", "done", "hangs"] as const) {
    for (const worker of [true, false]) {
      for (const given of ["mine", undefined]) {
        test(`store ${mood}, ${worker ? "with a worker" : "a client alone"}, ${given === undefined ? "its id ours" : "its id given"}`, async () => {
          const { runs, functions } = app();
          await using hub = await AwayHub.open({ functions, worker });
          hub.mood = mood;
          const call = hub.client.startNew("plain", given === undefined ? {} : { instanceId: given });
          const { accepted, instanceId } = await answer1(hub, call);
          if (accepted === "yes") return; // its own execution was found there
          assert.equal(accepted, "unknown");
          if (given !== undefined) assert.equal(instanceId, given);
          hub.mood = "answers";
          const repeat = await answer1(hub, hub.client.startNew("plain", { instanceId }));
          assert.deepEqual(repeat, { accepted: "yes", instanceId });
          if (!worker) await hub.settled(hub.worker.start());
          await hub.pass(30_000);
          assert.deepEqual(runs, [instanceId]);
          const row = await hub.sim.store.getInstance(instanceId as never);
          assert.equal(row?.status, "Completed");
        });
      }
    }
  }

  test("also when it has ended meanwhile", async () => {
    const { runs, functions } = app();
    await using hub = await AwayHub.open({ functions });
    hub.mood = "done";
    const { accepted, instanceId } = await answer1(hub, hub.client.startNew("plain"));
    assert.equal(accepted, "unknown");
    hub.mood = "answers";
    await hub.pass(30_000);
    assert.deepEqual(runs, [instanceId]);
    assert.equal((await answer1(hub, hub.client.startNew("plain", { instanceId }))).accepted, "yes");
    await hub.pass(30_000);
    assert.deepEqual(runs, [instanceId]);
  });
});

test("a start with another input under the id of one whose outcome was not known is not a repeat of it", async () => {
  for (const worker of [true, false]) {
    const { functions } = app();
    await using hub = await AwayHub.open({ functions, worker });
    hub.mood = "done";
    const first = await answer1(hub, hub.client.startNew("timed", { instanceId: "mine", input: "first" }));
    assert.equal(first.accepted, "unknown");
    hub.mood = "answers";
    const other = hub.client.startNew("timed", { instanceId: "mine", input: "other" });
    const refused = assert.rejects(other, { code: "INSTANCE_EXISTS" });
    await hub.pass(ACCEPT_MS);
    await refused;
    assert.equal((await answer1(hub, hub.client.startNew("timed", { instanceId: "mine", input: "first" }))).accepted, "yes");
  }
});

describe("events and commands while the store is away", () => {
  for (const mood of AWAY) {
    for (const worker of [true, false]) {
      test(`store ${mood}, ${worker ? "with a worker" : "a client alone"}`, async () => {
        const { runs, functions } = app();
        await using hub = await AwayHub.open({ functions });
        await hub.settled(hub.client.startNew("events", { instanceId: "i" }));
        await hub.pass(1_000);
        if (!worker) await hub.settled(hub.worker.stop());
        hub.mood = mood;
        const raise = (payload: string) =>
          answerOf(
            hub,
            hub.client.raiseEvent("i", "E", payload).then(() => ({ instanceId: "i" })),
          );
        const first = ["a", "b"].map(raise);
        await hub.pass(2_000);
        const seen = await answered(hub, [...first, ...["c", "d"].map(raise)]);
        const suspended = await answer1(
          hub,
          hub.client.suspend("i").then(() => ({ instanceId: "i" })),
        );
        hub.mood = "answers";
        if (!worker) return;
        await hub.pass(30_000);
        for (const [index, { accepted }] of seen.entries()) {
          const payload = "abcd"[index] ?? "";
          if (accepted === "no") assert.ok(!runs.includes(payload), payload);
          if (accepted === "yes") assert.ok(runs.includes(payload), payload);
        }
        assert.deepEqual([seen[2]?.accepted, seen[3]?.accepted, suspended.accepted], ["no", "no", "no"]);
        assert.equal((await hub.sim.store.getInstance("i" as never))?.status, "Running");
        assert.equal(new Set(runs).size, runs.length, "nothing came twice");
      });
    }
  }
});

test("a store that was away for less than that costs its callers time, and nothing else", async () => {
  for (const mood of ["full", "locked", "lost", "done"] as const) {
    const { runs, functions } = app();
    await using hub = await AwayHub.open({ functions });
    hub.mood = mood;
    const calls = ["a", "b"].map((instanceId) => answerOf(hub, hub.client.startNew("plain", { instanceId })));
    await hub.pass(2_000);
    calls.push(answerOf(hub, hub.client.startNew("plain", { instanceId: "c" })));
    await hub.pass(1_000);
    hub.mood = "answers";
    assert.deepEqual(
      (await answered(hub, calls)).map(({ accepted }) => accepted),
      ["yes", "yes", "yes"],
      mood,
    );
    await hub.pass(10_000);
    assert.deepEqual(runs.toSorted(), ["a", "b", "c"]);
  }
});
