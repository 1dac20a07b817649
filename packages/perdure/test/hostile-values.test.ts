import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { OrchestratorContext } from "perdure";
import { activity, http, orchestrator, PerdureError, TaskHub } from "perdure";
import { createHttpHandler } from "perdure/http";
import { HOSTILE_ERRORS, HOSTILE_RESULTS } from "./testing/hostile-values.ts";

/** What the functions of the running test are to do. */
let make: () => unknown = () => undefined;

const thrown = (): never => {
  throw make();
};
const throwing: StandardSchemaV1<unknown, unknown> = { "~standard": { version: 1, vendor: "test", validate: thrown } };
const giving: StandardSchemaV1<unknown, unknown> = {
  "~standard": { version: 1, vendor: "test", validate: () => ({ value: make() }) },
};

const throwsIn = activity("throwsIn", thrown);
const rejectsIn = activity("rejectsIn", () => Promise.reject(make()));
const checksIn = activity("checksIn", { input: throwing }, () => "unreachable");
const returnsFrom = activity("returnsFrom", () => make());
const asyncFrom = activity("asyncFrom", async () => make());
const mapsOut = activity("mapsOut", { output: giving }, () => 1);
const beats = activity("beats", (_: null, ctx) => ctx.heartbeat(make()));
const takes = activity("takes", (_: unknown) => "taken");
const child = orchestrator("child", async () => thrown());
const taker = orchestrator("taker", async (_ctx, _input: unknown) => "taken");

type Body = (ctx: OrchestratorContext<unknown>) => unknown;

/** Where a value is thrown; the orchestration does not catch it. */
const THROWN: { readonly [place: string]: Body } = {
  "by the orchestrator at once": thrown,
  "by the orchestrator in a promise": async () => thrown(),
  "by the orchestrator after a timer": async (ctx) => {
    await ctx.createTimer("0s");
    throw make();
  },
  "by a microtask of the orchestrator": async (ctx) => {
    queueMicrotask(thrown);
    await ctx.createTimer("1h");
  },
  "by an activity": (ctx) => ctx.callActivity(throwsIn),
  "by an activity in a promise": (ctx) => ctx.callActivity(rejectsIn),
  "by the input schema of an activity": (ctx) => ctx.callActivity(checksIn, 1),
  "by a sub-orchestration": (ctx) => ctx.callSubOrchestrator(child),
  "by a task among others": (ctx) => ctx.all([ctx.callActivity(throwsIn), ctx.callActivity(takes, 1)]),
  "by the handle of a retry policy": (ctx) =>
    ctx.callActivity(throwsIn, undefined, { retry: { maxAttempts: 3, firstInterval: "1ms", handle: thrown } }),
};

/** Where a value is to become a payload. */
const WRITTEN: { readonly [place: string]: Body } = {
  "returned by the orchestrator": () => make(),
  "returned by the orchestrator in a promise": async () => make(),
  "returned by an activity": (ctx) => ctx.callActivity(returnsFrom),
  "returned by an activity in a promise": (ctx) => ctx.callActivity(asyncFrom),
  "given by the output schema of an activity": (ctx) => ctx.callActivity(mapsOut),
  "as a heartbeat": (ctx) => ctx.callActivity(beats, null),
  "as an activity's input": (ctx) => ctx.callActivity(takes, make()),
  "as a sub-orchestration's input": (ctx) => ctx.callSubOrchestrator(taker, make()),
  "as the input of a start": (ctx) => ctx.startOrchestration(taker, make()),
  "as custom status": (ctx) => ctx.setCustomStatus(make()),
  "as an event's data": (ctx) => ctx.raiseEvent("another", "Go", make()),
  "as the next input": (ctx) => ctx.continueAsNew(make()),
};

const bodies = { ...THROWN, ...WRITTEN };
const places = Object.entries(bodies).map(([place, body]) =>
  orchestrator(place, (ctx: OrchestratorContext<unknown>): unknown => body(ctx)),
);
const checked = orchestrator("input schema", { input: throwing }, () => "unreachable");
const bad = http("bad", { authLevel: "anonymous" }, thrown);
const badLater = http("badLater", { authLevel: "anonymous" }, () => Promise.reject(make()));
const badAnswer = http("badAnswer", { authLevel: "anonymous" }, () => make() as Response);

let hub: TaskHub;
const loose: unknown[] = [];
const noteLoose = (reason: unknown) => loose.push(reason);

before(async () => {
  process.on("unhandledRejection", noteLoose);
  hub = await TaskHub.open("memory:", {
    functions: [
      throwsIn,
      rejectsIn,
      checksIn,
      returnsFrom,
      asyncFrom,
      mapsOut,
      beats,
      takes,
      child,
      taker,
      checked,
      bad,
      badLater,
      badAnswer,
      ...places,
    ],
    log: { to: { enabled: () => true, write: (entry) => void JSON.stringify(entry.message) } },
  });
  await hub.start();
});
after(async () => {
  await hub.close();
  process.off("unhandledRejection", noteLoose);
});

const isRefusal = (error: unknown) => error instanceof PerdureError && /^PAYLOAD_(?:NOT_JSON|TOO_DEEP)$/.test(error.code);

/** The failure in words, after which the hub still works. */
async function failsInWords(place: string): Promise<string> {
  const run = await hub.client.startNew(place);
  const { runtimeStatus, output } = await hub.client.waitForCompletion(run.instanceId, { timeout: "20s" });
  assert.equal(runtimeStatus, "Failed");
  assert.equal(typeof output, "string");
  assert.ok(String(output).length > 1, `too few words: ${output}`);
  assert.deepEqual(loose, []);
  return String(output);
}

describe("a hostile value that is thrown fails the orchestration in words", () => {
  for (const [value, maker] of Object.entries(HOSTILE_ERRORS)) {
    test(value, async () => {
      for (const place of [...Object.keys(THROWN), "input schema"]) {
        make = maker;
        const words = await failsInWords(place);
        if (
          /whose (?:cause|stack|name|constructor|field|errors)|contains itself|caused by itself/.test(value) &&
          place.startsWith("by the orchestrator")
        )
          assert.equal(words, "business error");
      }
      make = () => 1;
      assert.equal(await (await hub.client.startNew("returned by an activity")).result({ timeout: "20s" }), 1);
    });
  }
});

describe("a hostile value that is to be written fails the orchestration in words, or the call of the client", () => {
  for (const [value, maker] of Object.entries(HOSTILE_RESULTS)) {
    test(value, async () => {
      for (const place of Object.keys(WRITTEN)) {
        make = maker;
        await failsInWords(place);
      }
      const other = await hub.client.startNew("by a microtask of the orchestrator", { instanceId: "another" }).catch(() => null);
      await assert.rejects(async () => hub.client.startNew(taker, { input: maker() }), isRefusal);
      await assert.rejects(async () => hub.client.raiseEvent("another", "Go", maker()), isRefusal);
      await other?.terminate().catch(() => {});
    });
  }
});

test("an HTTP function that throws or returns a hostile value answers 500", async () => {
  const serve = createHttpHandler(hub);
  for (const maker of [...Object.values(HOSTILE_ERRORS), ...Object.values(HOSTILE_RESULTS)]) {
    make = maker;
    for (const route of ["bad", "badLater"]) assert.equal((await serve(new Request(`http://localhost/api/${route}`))).status, 500);
    const { status } = await serve(new Request("http://localhost/api/badAnswer"));
    assert.equal(status, make === HOSTILE_ERRORS.undefined ? 204 : 500);
  }
  assert.deepEqual(loose, []);
});
