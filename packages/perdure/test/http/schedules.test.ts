import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator, schedule, TaskHub, timer } from "perdure";
import { createHttpHandler } from "perdure/http";
import { assertDescribed } from "../../src/http/testing/openapi-check.ts";
import { until } from "../../src/process/testing/until.ts";

const BASE = "http://localhost:7071/runtime/webhooks/durabletask";

test("schedules over HTTP: the list, pause, resume and trigger, as the OpenAPI document describes them; lists of instances leave them out", async () => {
  const report = orchestrator("Report", async () => "done");
  const functions = [report, schedule("nightly report", "0 2 * * *", report), timer("leap", "0 0 29 2 *", () => {})];
  await using hub = await TaskHub.open("memory:", { functions, log: false });
  await hub.start();
  const handler = createHttpHandler(hub);
  const call = async (method: string, path: string, template: string = path) => {
    const response = await handler(new Request(BASE + path, { method }));
    const text = await response.text();
    assertDescribed(template, method, response, text);
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  };
  const list = async () => (await call("GET", "/schedules")).body;
  const tell = (name: string, operation: string) =>
    call("POST", `/schedules/${encodeURIComponent(name)}/${operation}`, `/schedules/{name}/${operation}`);
  await until("both are active", async () => (await list()).every((one: { readonly next: unknown }) => one.next !== null), 10_000);
  const [leap, nightly] = await list();
  assert.deepEqual(Object.keys(leap), [
    "name",
    "cron",
    "timeZone",
    "overlap",
    "catchUp",
    "starts",
    "state",
    "next",
    "last",
    "lastInstanceId",
    "lastProblem",
  ]);
  assert.deepEqual([leap.name, leap.state, leap.starts, nightly.starts, nightly.last], ["leap", "active", null, "Report", null]);
  assert.match(leap.next, /^\d{4}-02-29T00:00:00Z$/);
  assert.equal((await tell("Leap", "pause")).status, 202);
  await until("it is paused", async () => (await list())[0].state === "paused", 10_000);
  assert.equal((await tell("leap", "resume")).status, 202);
  assert.equal((await tell("nightly report", "trigger")).status, 202);
  await until("it ran", async () => (await list())[1].lastInstanceId, 10_000);
  const unknown = await tell("weekly", "pause");
  assert.equal(unknown.status, 404);
  assert.match(unknown.body.Message, /There is no active or paused schedule "weekly"/);
  for (const [method, path] of [
    ["POST", "/schedules"],
    ["GET", "/schedules/leap/pause"],
    ["POST", "/schedules/leap/stop"],
    ["POST", "/schedules/leap"],
  ] as const)
    assert.equal((await handler(new Request(BASE + path, { method }))).status, 404, `${method} ${path}`);
  const instances = (await call("GET", "/instances")).body.map((one: { readonly name: string }) => one.name);
  assert.deepEqual(instances, ["Report"]);
});
