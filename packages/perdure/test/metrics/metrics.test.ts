import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, externalEvent, orchestrator, TaskHub } from "perdure";
import { createHttpHandler } from "perdure/http";
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

test("without being asked for nothing is counted, and there is no such path", async () => {
  await using hub = await TaskHub.open("memory:", { functions: [order, charge], log: false });
  const handler = createHttpHandler(hub);
  assert.equal((await handler(new Request("http://localhost:7071/metrics"))).status, 404);
});
