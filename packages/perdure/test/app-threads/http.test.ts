import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../../src/process/testing/until.ts";
import { ThreadApp } from "./testing/thread-app.ts";

let app: ThreadApp;
before(async () => {
  app = await ThreadApp.open();
});
after(() => app[Symbol.asyncDispose]());

test("an HTTP function runs in the thread: method, headers, parameters and bodies cross", async () => {
  const response = await app.fetch("echo/a%20b", { method: "POST", body: "hello", headers: { "x-say": "you said" } });
  assert.equal(response.status, 201);
  assert.deepEqual([response.headers.get("content-type"), response.headers.get("x-name")], ["text/x-echo", "a b"]);
  assert.equal(await response.text(), "you said:hello");
});

test("its client speaks to the hub on the main thread, and the management URLs are those of the request", async () => {
  const response = await app.fetch("start-quick");
  assert.equal(response.status, 200);
  assert.equal(await response.json(), 5);
});

test("an orchestrator that uses the client is stopped, as in process", async () => {
  const run = await app.client.startNew("uses-client");
  const stopped = async () => (await app.client.getStatus(run.instanceId))?.stopped;
  const { code } = await until("it is stopped", stopped, 20_000);
  assert.equal(code, "DIRECT_CALL");
});

test("a body that comes in parts crosses in parts", async () => {
  const response = await app.fetch("streams");
  assert.equal(await response.text(), "0,1,2,3,");
});

test("a function that ends its thread is answered 502, and the next request is served by another thread, whose start hooks have run", async () => {
  const response = await app.fetch("fault?is=exit");
  assert.equal(response.status, 502);
  const next = await app.fetch("starts");
  assert.deepEqual(await next.json(), { starts: 1 });
  const [ended] = app.events("thread.ended");
  assert.match(ended?.message ?? "", /process\.exit\(7\).*function "fault"/);
});
