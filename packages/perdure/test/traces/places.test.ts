import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEntry } from "perdure";
import { activity, entity, externalEvent, orchestrator, TaskHub } from "perdure";
import { createHttpHandler } from "perdure/http";
import { until } from "../../src/process/testing/until.ts";
import { collector } from "./testing/collector.ts";

const CALLER = "00-11112222333344445555666677778888-aaaabbbbccccdddd-01";
const PATIENCE_MS = 10_000;
const places: { [name: string]: string | null } = {};

const quick = orchestrator("Quick", async () => 1);
const box = entity("Box", {
  initialState: () => 0,
  operations: {
    add: (ctx, by: number) => {
      if (by < 0) throw new RangeError("card 4111 is below zero");
      places.add = ctx.traceparent;
      ctx.log.info("added");
      ctx.state += by;
    },
  },
});
const relay = entity("Relay", {
  initialState: () => null,
  operations: {
    pass: (ctx) => {
      ctx.entity(box, "b").signal.add(1);
      ctx.startOrchestration(quick);
    },
  },
});
const say = activity("Say", (_: undefined, ctx) => {
  ctx.log.info("said");
});
const go = externalEvent("Go");
const send = orchestrator("Send", async (ctx) => {
  places.send = ctx.traceparent;
  ctx.log.info("sends");
  ctx.entity(relay, "r").signal.pass();
  ctx.startOrchestration(quick, undefined, { instanceId: "q-1" });
  await ctx.callActivity(say);
  await ctx.waitForExternalEvent(go);
  return ctx.traceparent;
});
const functions = [quick, box, relay, send, say];

test("operations of signals, and what they send and start, are below those who signalled; so is what is not waited for", async () => {
  const { spans, target, tree } = collector();
  const lines: LogEntry[] = [];
  const log = {
    engine: "info",
    functions: "info",
    to: { enabled: () => true, write: (entry: LogEntry) => void lines.push(entry) },
  } as const;
  await using hub = await TaskHub.open("memory:", { functions, traces: { spans: target }, log });
  await hub.start();
  const run = await hub.client.startNew(send, { instanceId: "s-1", traceparent: CALLER });
  await hub.client.waitForStart("s-1");
  await run.raiseEvent(go);
  const place = await run.result();
  const own = spans.find(({ name }) => name === "orchestration:Send");
  const { traceId, spanId } = own?.spanContext() ?? { traceId: "", spanId: "" };
  assert.deepEqual([place, places.send], [`00-${traceId}-${spanId}-01`, place], "the same at the end as at the beginning");
  await until("what was started", () => spans.filter(({ name }) => name === "orchestration:Quick").length === 2, PATIENCE_MS);
  await until("the operation", () => spans.some(({ name }) => name === "entity:box:add") && places.add, PATIENCE_MS);
  assert.deepEqual(tree("aaaabbbbccccdddd"), [
    "create_orchestration:Send producer",
    "  orchestration:Send server",
    "    activity:Say client",
    "      activity:Say server",
    "    create_orchestration:Quick producer",
    "      orchestration:Quick server",
    "    entity:relay:pass producer",
    "      entity:relay:pass consumer",
    "        create_orchestration:Quick producer",
    "          orchestration:Quick server",
    "        entity:box:add producer",
    "          entity:box:add consumer",
  ]);
  assert.equal(new Set(spans.map((span) => span.spanContext().spanId)).size, spans.length);
  const consumer = spans.filter(({ name }) => name === "entity:box:add").map((span) => span.spanContext().spanId);
  assert.ok(places.add?.startsWith(`00-${traceId}-`) && consumer.includes(places.add.split("-")[2] ?? ""));
  const lineOf = (message: string) => lines.find((line) => line.message === message)?.fields;
  assert.deepEqual([lineOf("sends")?.traceId, lineOf("sends")?.spanId], [traceId, spanId]);
  const ran = spans.find(({ name, kind }) => name === "activity:Say" && kind === 1)?.spanContext();
  assert.deepEqual([lineOf("said")?.traceId, lineOf("said")?.spanId], [traceId, ran?.spanId]);
  assert.equal(`00-${lineOf("added")?.traceId}-${lineOf("added")?.spanId}-01`, places.add);
  const ended = lines.find(({ event, fields }) => event === "execution.completed" && fields.orchestrator === "Send");
  assert.deepEqual([ended?.fields.traceId, ended?.fields.spanId], [traceId, spanId]);
});

test("what a client sends is a span below its caller, by the header of HTTP too; what it is told of a failure can be its type alone", async () => {
  const { spans, target, tree } = collector();
  await using hub = await TaskHub.open("memory:", { functions, traces: { spans: target, failures: "hide" }, log: false });
  await hub.start();
  const base = "http://localhost:7071/runtime/webhooks/durabletask";
  const post = (path: string, body: string) =>
    createHttpHandler(hub)(
      new Request(`${base}/${path}`, { method: "POST", body, headers: { traceparent: CALLER, "content-type": "application/json" } }),
    );
  await hub.client.startNew(send, { instanceId: "s-2", traceparent: CALLER.replace(/1$/, "0") });
  await hub.client.waitForStart("s-2");
  assert.equal((await post("instances/s-2/raiseEvent/Go", "1")).status, 202);
  assert.equal((await post("entities/Box/k?op=add", "-1")).status, 202);
  await until("the operation", () => spans.some(({ kind }) => kind === 4), PATIENCE_MS);
  assert.deepEqual(tree("aaaabbbbccccdddd"), [
    "entity:box:add producer",
    "  entity:box:add consumer failed: RangeError",
    "orchestration_event:Go producer",
  ]);
  await hub.client.entity(box, "alone").signal.add(2);
  await until("the operation", () => spans.filter(({ kind }) => kind === 4).length === 2, PATIENCE_MS);
  assert.deepEqual(tree(undefined), ["entity:box:add producer", "  entity:box:add consumer"]);
});

test("tags that continue-as-new gives leave the instance in its trace", async () => {
  const { spans, target } = collector();
  const loop = orchestrator("Loop", async (ctx, left: number) =>
    left === 0 ? ctx.traceparent : ctx.continueAsNew(left - 1, { tags: { of: "mine" } }),
  );
  await using hub = await TaskHub.open("memory:", { functions: [loop], traces: { spans: target }, log: false });
  await hub.start();
  const place = await (await hub.client.startNew(loop, { input: 2, traceparent: CALLER })).result();
  const last = spans
    .filter(({ name }) => name === "orchestration:Loop")
    .at(-1)
    ?.spanContext();
  assert.equal(place, `00-${last?.traceId}-${last?.spanId}-01`);
});
