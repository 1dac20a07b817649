import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEntry } from "perdure";
import { activity, entity, externalEvent, orchestrator, TaskHub } from "perdure";
import { createHttpHandler } from "perdure/http";
import { parsePrometheus } from "../../src/telemetry/testing/prometheus-grammar.ts";
import { collector, KINDS } from "./testing/collector.ts";

const go = externalEvent("Go");
const seen: (string | null)[] = [];
let tries = 0;
const charge = activity("Charge", { retry: { maxAttempts: 2, firstInterval: "1ms" } }, (_: undefined, { traceparent }) => {
  seen.push(traceparent);
  tries += 1;
  if (tries === 1) throw new Error("no connection");
});
const box = entity("Box", {
  initialState: () => 0,
  operations: {
    add: (ctx, by: number) => {
      ctx.state += by;
    },
  },
});
const part = orchestrator("Part", async (ctx) => ctx.callActivity(charge));
const order = orchestrator("Order", { version: "2" }, async (ctx) => {
  await ctx.waitForExternalEvent(go);
  await ctx.callSubOrchestrator(part);
  await ctx.createTimer("1ms");
  await ctx.entity(box, "a").call.add(1);
  return "done";
});

const CALLER = "00-11112222333344445555666677778888-aaaabbbbccccdddd-01";

test("spans are those of Durable Functions: of the start, the orchestration, its calls and what ran, in the caller's trace", async () => {
  const { spans, target, tree } = collector();
  await using hub = await TaskHub.open("memory:", { functions: [order, part, charge, box], traces: { spans: target }, log: false });
  await hub.start();
  const run = await hub.client.startNew(order, { instanceId: "o-1", traceparent: CALLER });
  await hub.client.waitForStart("o-1");
  await run.raiseEvent(go);
  await run.result();
  assert.deepEqual(tree("aaaabbbbccccdddd"), [
    "create_orchestration:Order@(2) producer",
    "  orchestration:Order@(2) server",
    "    entity:box:add client",
    "      entity:box:add server",
    "    orchestration:Order:timer internal",
    "    orchestration:Part client",
    "      orchestration:Part server",
    "        activity:Charge client",
    "          activity:Charge server",
    "        activity:Charge client failed: no connection",
    "          activity:Charge server failed: no connection",
    "        orchestration:Part:timer internal",
  ]);
  // Who raised it was in no trace.
  const all = spans.filter(({ name }) => name !== "orchestration_event:Go");
  assert.deepEqual(new Set(all.map((span) => span.spanContext().traceId)), new Set(["11112222333344445555666677778888"]));
  const ran = spans.filter(({ name, kind }) => name === "activity:Charge" && KINDS[kind] === "server");
  assert.deepEqual(
    seen,
    ran.map((span) => `00-11112222333344445555666677778888-${span.spanContext().spanId}-01`),
  );
  const whole = spans.find(({ name }) => name === "orchestration:Order@(2)");
  assert.deepEqual(
    [
      whole?.attributes["durabletask.type"],
      whole?.attributes["durabletask.task.status"],
      whole?.attributes["durabletask.task.instance_id"],
    ],
    ["orchestration", "Completed", "o-1"],
  );
});

test("what the caller has not sampled gives no span; without a caller a start begins a trace; HTTP takes the caller's header", async () => {
  const { spans, target } = collector();
  const quick = orchestrator("Quick", async () => 1);
  await using hub = await TaskHub.open("memory:", { functions: [quick], traces: { spans: target }, log: false });
  await hub.start();
  await (await hub.client.startNew(quick, { traceparent: CALLER.replace(/1$/, "0") })).result();
  assert.equal(spans.length, 0);
  await (await hub.client.startNew(quick)).result();
  assert.deepEqual(spans.map(({ name, parentSpanId }) => [name, parentSpanId === undefined]).toSorted(), [
    ["create_orchestration:Quick", true],
    ["orchestration:Quick", false],
  ]);
  const url = "http://localhost:7071/runtime/webhooks/durabletask/orchestrators/Quick/h?timeout=5&pollingInterval=1";
  await createHttpHandler(hub)(new Request(url, { method: "POST", headers: { traceparent: CALLER } }));
  assert.equal(spans.at(-1)?.spanContext().traceId, "11112222333344445555666677778888");
});

test("an orchestration that continues as new begins a trace with each generation, linked to the one where it began", async () => {
  const { spans, target } = collector();
  const loop = orchestrator("Loop", async (ctx, left: number) => (left === 0 ? "end" : ctx.continueAsNew(left - 1)));
  await using hub = await TaskHub.open("memory:", { functions: [loop], traces: { spans: target }, log: false });
  await hub.start();
  await (await hub.client.startNew(loop, { input: 2, traceparent: CALLER })).result();
  const own = spans.filter(({ name }) => name === "orchestration:Loop");
  assert.equal(new Set(own.map((span) => span.spanContext().traceId)).size, 3);
  assert.deepEqual(
    own.map(({ links }) => links.map(({ context }) => context.traceId)),
    [[], ["11112222333344445555666677778888"], ["11112222333344445555666677778888"]],
  );
});

test("a caller's trace that is not written as the standard says is none", async () => {
  const { spans, target } = collector();
  const quick = orchestrator("Quick", async () => 1);
  await using hub = await TaskHub.open("memory:", { functions: [quick], traces: { spans: target }, log: false });
  await hub.start();
  const handler = createHttpHandler(hub);
  const url = "http://localhost:7071/runtime/webhooks/durabletask/orchestrators/Quick?timeout=5&pollingInterval=1";
  const [, trace = "", span = ""] = CALLER.split("-");
  const isTaken = async (traceparent: string): Promise<boolean> => {
    spans.length = 0;
    await (await hub.client.startNew(quick, { traceparent })).result();
    await handler(new Request(url, { method: "POST", headers: { traceparent } }));
    const found = spans.filter(({ name }) => name === "create_orchestration:Quick").map(({ parentSpanId }) => parentSpanId === span);
    assert.equal(found.length, 2, traceparent);
    assert.equal(found[0], found[1], traceparent);
    return found[0] === true;
  };
  for (const good of [CALLER, ` ${CALLER} `, `01-${trace}-${span}-01-more`, `cc-${trace}-${span}-03`]) assert.ok(await isTaken(good), good);
  const wrong = [
    ...["", "00", `00-${trace}-${span}`, `00-${trace}-${span}-1`, `00-${trace}-${span}-01-more`, `01-${trace}-${span}-01more`],
    ...[`ff-${trace}-${span}-01`, CALLER.toUpperCase(), `00-${"0".repeat(32)}-${span}-01`, `00-${trace}-${"0".repeat(16)}-01`],
    ...[`${CALLER}, ${CALLER}`, "x".repeat(10_000), `${"00-".repeat(3_000)}${CALLER}`],
  ];
  for (const bad of wrong) assert.equal(await isTaken(bad), false, bad);
});

test("an exporter that throws loses its spans, and nothing else", async () => {
  const lines: LogEntry[] = [];
  const log = { enabled: () => true, write: (entry: LogEntry) => void lines.push(entry) };
  const spans = {
    onEnd: () => {
      throw new Error("the exporter was shut down");
    },
  };
  tries = 0;
  await using hub = await TaskHub.open("memory:", { functions: [part, charge], traces: { spans }, log });
  await hub.start();
  const run = await hub.client.startNew(part);
  await run.result();
  assert.equal((await run.status())?.runtimeStatus, "Completed");
  assert.match(lines.find(({ event }) => event === "traces.not-given")?.message ?? "", /which throws: the exporter was shut down/);
  assert.deepEqual(
    lines.filter(({ level }) => level === "error"),
    [],
  );
});

test("a span is small, whatever its texts are", async () => {
  const { spans, target } = collector();
  const long = "x".repeat(100_000);
  const told = orchestrator("Told", async (ctx) => {
    ctx.raiseEvent("nobody", long);
    throw new Error(long);
  });
  await using hub = await TaskHub.open("memory:", { functions: [told], traces: { spans: target }, log: false });
  await hub.start();
  await assert.rejects((await hub.client.startNew(told)).result());
  assert.equal(spans.length, 3);
  for (const span of spans) assert.ok(JSON.stringify(span).length < 20_000, span.name.slice(0, 100));
});

test("an edited history that is cut once more, since the code has changed, is told of once", async () => {
  let isChanged = false;
  const one = activity("One", () => {});
  const two = activity("Two", () => {});
  const other = activity("Other", () => {});
  const last = activity("Last", () => {
    if (!isChanged) throw new Error("not yet");
  });
  const steps = orchestrator("Steps", async (ctx) => {
    await ctx.waitForExternalEvent(go);
    await ctx.callActivity(one);
    await ctx.callActivity(isChanged ? other : two);
    await ctx.callActivity(last);
  });
  const { spans, target } = collector();
  const functions = [steps, one, two, other, last];
  await using hub = await TaskHub.open("memory:", { functions, traces: { spans: target }, metrics: true, log: false });
  await hub.start();
  const run = await hub.client.startNew(steps, { instanceId: "s-1" });
  await run.raiseEvent(go);
  await assert.rejects(run.result(), /not yet/);
  isChanged = true;
  await hub.client.rewind("s-1");
  await run.result();
  const calls = spans.filter(({ name, kind }) => name.startsWith("activity:") && KINDS[kind] === "client").map(({ name }) => name);
  assert.deepEqual(calls, ["activity:One", "activity:Two", "activity:Last", "activity:Other", "activity:Last"]);
  const samples = parsePrometheus((await hub.metrics?.text()) ?? "");
  assert.equal(samples.get('perdure_instances_started_total{orchestrator="Steps"}'), 1);
  assert.equal(samples.get('perdure_instances_ended_total{orchestrator="Steps",status="Completed"}'), 1);
});
