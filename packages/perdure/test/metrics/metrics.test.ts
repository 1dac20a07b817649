import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, entity, externalEvent, orchestrator, TaskHub } from "perdure";
import { createHttpHandler } from "perdure/http";
import { metricsHandler } from "../../src/http/metrics-handler.ts";
import { until } from "../../src/process/testing/until.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import type { MetricName } from "../../src/telemetry/metrics/metric-table.ts";
import { METRICS } from "../../src/telemetry/metrics/metric-table.ts";
import { parsePrometheus } from "../../src/telemetry/testing/prometheus-grammar.ts";

const go = externalEvent("Go");
let tries = 0;
const charge = activity("Charge", { retry: { maxAttempts: 2, firstInterval: "1ms" } }, () => {
  tries += 1;
  if (tries === 1) throw new Error("no connection");
});
const order = orchestrator("Order", async (ctx) => {
  await ctx.waitForExternalEvent(go);
  await ctx.callActivity(charge);
  await ctx.createTimer("10ms");
});

test("what a host does is counted once it is durable, in the text format of Prometheus, behind its key", async () => {
  await using hub = await TaskHub.open("memory:", { functions: [order, charge], metrics: true, keys: ["k"], log: false });
  await hub.start();
  const handler = createHttpHandler(hub, { version: "1.2.3" });
  const get = (path: string, code = "?code=k") => handler(new Request(`http://localhost:7071${path}${code}`));
  const run = await hub.client.startNew(order, { instanceId: "o-1" });
  await hub.client.waitForStart("o-1");
  await run.raiseEvent(go);
  await run.result();
  assert.equal((await get("/metrics", "")).status, 401);
  assert.equal((await get("/runtime/webhooks/durabletask/instances/o-1")).status, 200);
  assert.equal((await get("/nothing")).status, 404);
  const response = await get("/metrics");
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const samples = parsePrometheus(await response.text());
  const value = (series: string) => samples.get(series);
  assert.deepEqual(
    [
      value('perdure_instances_started_total{orchestrator="Order"}'),
      value('perdure_instances_ended_total{orchestrator="Order",status="Completed"}'),
      value('perdure_activities_total{activity="Charge",outcome="failed"}'),
      value('perdure_activities_total{activity="Charge",outcome="completed"}'),
      value('perdure_retries_total{activity="Charge"}'),
      value('perdure_activity_run_seconds_count{activity="Charge"}'),
      value('perdure_activity_line_seconds_count{activity="Charge"}'),
      value('perdure_activities_running{activity="Charge"}'),
      value("perdure_message_seconds_count"),
      value('perdure_http_requests_total{route="management status",code="200"}'),
      value('perdure_http_requests_total{route="unauthorized",code="401"}'),
      value('perdure_http_requests_total{route="unknown",code="404"}'),
      value('perdure_build_info{version="1.2.3"}'),
      value("perdure_hub_open_instances"),
      value("perdure_hub_workers"),
      value("perdure_fenced_total"),
    ],
    [1, 1, 1, 1, 1, 2, 2, 0, 1, 1, 1, 1, 1, 0, 1, 0],
  );
  assert.ok((value("perdure_timer_late_seconds_count") ?? 0) >= 1);
  assert.ok((value('perdure_episodes_total{orchestrator="Order"}') ?? 0) >= 3);
  assert.equal(value('perdure_commits_total{outcome="ok"}'), value("perdure_commit_seconds_count"));
});

test("an event that lay in the store until a worker came has waited so long, by the clock of the store", async () => {
  const greeted = orchestrator("Greeted", (ctx) => ctx.waitForExternalEvent(go));
  let aheadMs = 0;
  const store = createMemoryStore({ now: () => Date.now() + aheadMs });
  await using hub = await TaskHub.open("memory:", { store, functions: [greeted], metrics: true, log: false });
  const run = await hub.client.startNew(greeted, { instanceId: "g-1" });
  await run.raiseEvent(go);
  aheadMs = 100_000;
  await hub.start();
  await run.result();
  const samples = parsePrometheus(await (await createHttpHandler(hub)(new Request("http://localhost:7071/metrics"))).text());
  assert.equal(samples.get("perdure_message_seconds_count"), 1);
  const seconds = samples.get("perdure_message_seconds_sum") ?? Number.NaN;
  assert.ok(seconds >= 100 && seconds < 200, `${seconds} s`);
});

test("without being asked for nothing is counted, and there is no such path", async () => {
  await using hub = await TaskHub.open("memory:", { functions: [order, charge], log: false });
  const handler = createHttpHandler(hub);
  assert.equal((await handler(new Request("http://localhost:7071/metrics"))).status, 404);
});

const box = entity("Box", {
  initialState: () => 0,
  operations: {
    add: (ctx, by: number) => {
      if (by < 0) throw new RangeError("below zero");
      ctx.state += by;
    },
  },
});
const untilAborted = (_: undefined, { signal }: { readonly signal: AbortSignal }) => {
  const { promise, reject } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => reject(signal.reason));
  return promise;
};
const slow = activity("Slow", { timeout: "5ms" }, untilAborted);
const held = activity("Held", { maxConcurrent: 1 }, untilAborted);
const child = orchestrator("Child", async () => 1);
const all = orchestrator("All", async (ctx, loops: number): Promise<unknown> => {
  await ctx.callSubOrchestrator(child);
  await ctx.entity(box, "a").call.add(1);
  await ctx
    .entity(box, "a")
    .call.add(-1)
    .catch(() => {});
  await ctx.callActivity(slow).catch(() => {});
  return loops === 0 ? undefined : ctx.continueAsNew(loops - 1);
});
const waits = orchestrator("Waits", async (ctx) => ctx.callActivity(held));
const late = orchestrator("Late", async (ctx) => {
  await ctx.createTimer("1ms");
  await new Promise(() => {}); // nothing that a replay could repeat
});

test("each metric of the table has its values, its labels and its grammar", async () => {
  const functions = [order, charge, box, slow, held, child, all, waits, late];
  await using hub = await TaskHub.open("memory:", { functions, metrics: true, log: false });
  await hub.start();
  const handler = createHttpHandler(hub, { version: "1.2.3" });
  const scrape = async () => {
    const response = await handler(new Request("http://localhost:7071/metrics"));
    return parsePrometheus(await response.text());
  };
  await (await hub.client.startNew(all, { input: 1, instanceId: "all" })).result();
  await (await hub.client.startNew(late, { instanceId: "late" })).result().catch(() => {});
  const runs = [await hub.client.startNew(waits, { instanceId: "w-1" }), await hub.client.startNew(waits, { instanceId: "w-2" })];
  const inHand = await until(
    "one runs, one waits",
    async () => {
      const seen = await scrape();
      const is = (name: string) => seen.get(`perdure_activities_${name}{activity="Held"}`);
      return is("running") === 1 && is("waiting") === 1 ? seen : null;
    },
    10_000,
  );
  assert.equal(inHand.get('perdure_activities_running{activity="Slow"}'), 0);
  for (const run of runs) await run.terminate();
  const samples = await until(
    "none is left",
    async () => {
      const seen = await scrape();
      return seen.has('perdure_activities_total{activity="Held",outcome="aborted"}') ? seen : null;
    },
    10_000,
  );
  const values = (name: string) => Object.fromEntries([...samples].filter(([series]) => series.startsWith(name)));
  assert.deepEqual(values("perdure_entity_operations_total"), {
    'perdure_entity_operations_total{entity="box",outcome="completed"}': 2,
    'perdure_entity_operations_total{entity="box",outcome="failed"}': 2,
  });
  assert.equal(samples.get('perdure_activities_total{activity="Slow",outcome="timeout"}'), 2);
  assert.equal(samples.get('perdure_instances_started_total{orchestrator="All"}'), 1, "continue-as-new starts none");
  assert.equal(samples.get('perdure_stopped_total{code="FOREIGN_AWAIT"}') ?? samples.get('perdure_stopped_total{code="STUCK"}'), 1);
  assert.ok((samples.get("perdure_message_seconds_count") ?? 0) >= 6, "two results of children, four of operations");
  // Only what has gone wrong, been measured over time or lost its worker has no series here.
  const without = (Object.keys(METRICS) as readonly MetricName[]).filter((name) => {
    const { type } = METRICS[name];
    return ![...samples.keys()].some((series) => series.split("{")[0] === (type === "histogram" ? `${name}_count` : name));
  });
  assert.deepEqual(without, ["perdure_replays_total", "perdure_retries_total"]);
  for (const series of samples.keys()) {
    const name = series.split("{")[0]?.replace(/_(bucket|sum|count)$/, "") ?? "";
    const spec = METRICS[(name in METRICS ? name : series.split("{")[0]) as MetricName];
    const labels = [...series.matchAll(/([a-z_]+)="/g)].map(([, label]) => label).filter((label) => label !== "le");
    assert.deepEqual(labels, spec.labels, series);
  }
});

test("a listener for metrics alone answers GET and HEAD of that path, and nothing else", async () => {
  await using hub = await TaskHub.open("memory:", { functions: [], metrics: true, log: false });
  assert.ok(hub.metrics);
  const handler = metricsHandler(hub.metrics);
  const ask = async (method: string, path: string) => {
    const response = await handler(new Request(`http://localhost:9464${path}`, { method }));
    return [response.status, (await response.text()).length > 0];
  };
  assert.deepEqual(await ask("GET", "/metrics"), [200, true]);
  assert.deepEqual(await ask("HEAD", "/metrics"), [200, false]);
  assert.deepEqual(await ask("POST", "/metrics"), [404, false]);
  assert.deepEqual(await ask("GET", "/console/"), [404, false]);
});
