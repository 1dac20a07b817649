import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { until } from "../../src/process/testing/until.ts";
import { Upload } from "../testing/upload.ts";
import { ThreadApp } from "./testing/thread-app.ts";

let app: ThreadApp;
before(async () => {
  app = await ThreadApp.open({ http: { maxBodyBytes: 6_000_000 } });
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

test("a request body crosses in parts while its answer does", async () => {
  const upload = new Upload(`${app.server.url}/api/totals`);
  for (const [piece, total] of [
    ["a", 1],
    ["bcd", 4],
    ["e".repeat(5_000), 5_004],
  ] as const) {
    await upload.write(piece);
    await upload.says(`${total},`);
  }
  upload.end();
  assert.equal(await upload.rest(), "1,4,5004,.");
});

test("a large body is whole on the other side, with a length and without one", async () => {
  const body = randomBytes(5_000_000);
  const expected = createHash("sha256").update(body).digest("hex");
  assert.equal(await (await app.fetch("hash", { method: "POST", body })).text(), expected);
  const upload = new Upload(`${app.server.url}/api/hash`);
  for (let at = 0; at < body.length; at += 70_001) await upload.write(body.subarray(at, at + 70_001));
  upload.end();
  assert.equal(await upload.rest(), expected);
});

test("a function that does not read its body is answered all the same, and one that gets too much is answered 413", async () => {
  for (let time = 0; time < 5; time++) {
    const early = await app.fetch("not-read", { method: "POST", body: randomBytes(1_000_000) });
    assert.deepEqual([early.status, await early.text()], [409, "early"]);
  }
  assert.equal((await app.fetch("hash", { method: "POST", body: randomBytes(6_000_001) })).status, 413);
  const upload = new Upload(`${app.server.url}/api/hash`);
  void (async () => {
    for (let sent = 0; sent < 7; sent++) await upload.write(randomBytes(1_000_000));
    upload.end();
  })().catch(() => {});
  assert.equal(await upload.status(), 413);
});

test("a thread that ends while it reads a body: 502", async () => {
  const response = await app.fetch("dies", { method: "POST", body: randomBytes(1_000_000) });
  assert.equal(response.status, 502);
});

test("a function that ends its thread is answered 502, and the next request is served by another thread, whose start hooks have run", async () => {
  const response = await app.fetch("fault?is=exit");
  assert.equal(response.status, 502);
  const next = await app.fetch("starts");
  assert.deepEqual(await next.json(), { starts: 1 });
  const ended = app.events("thread.ended").at(-1);
  assert.match(ended?.message ?? "", /process\.exit\(7\).*function "fault"/);
});
