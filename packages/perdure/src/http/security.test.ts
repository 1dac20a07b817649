import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fault } from "../errors/perdure-error.ts";
import type { LogEntry } from "../telemetry/engine-log.ts";
import type { HttpFunctionDefinition } from "./http-function.ts";
import type { Call } from "./testing/api.ts";
import { makeApi } from "./testing/api.ts";
import { FixtureClient } from "./testing/fixture-client.ts";
import { assertDescribed } from "./testing/openapi-check.ts";

const hello: HttpFunctionDefinition<string> = { kind: "http", name: "hello", handler: () => new Response("hi") };
const open: HttpFunctionDefinition<string> = { kind: "http", name: "open", authLevel: "anonymous", handler: () => new Response("hi") };
const functions = { httpFunctions: [hello, open] };
const MANAGEMENT = "/runtime/webhooks/durabletask/instances";
const PATHS = [MANAGEMENT, "/api/hello", "/api/nothing", "/admin/host/status"];

describe("without a key", () => {
  const statusOf = async (call: Call, options: object = {}) => {
    const api = makeApi({ ...functions, ...options });
    const found = await Promise.all(PATHS.map(async (path) => (await api.call(path, call)).status));
    const same = new Set(found.map((status) => status === 403));
    assert.equal(same.size, 1, `all paths alike, but ${found}`);
    return found[0] === 403 ? 403 : 200;
  };

  for (const origin of ["http://localhost:7071", "http://127.0.0.1:7071", "http://[::1]:7071", "http://LOCALHOST", "https://localhost"]) {
    it(`serves ${origin}`, async () => assert.equal(await statusOf({ origin }), 200));
  }
  for (const origin of [
    "http://evil.example",
    "http://app.localhost:7071",
    "http://localhost.evil.example",
    "http://192.168.0.7:7071",
    "http://0.0.0.0:7071",
  ]) {
    it(`refuses ${origin}`, async () => assert.equal(await statusOf({ origin }), 403));
  }
  for (const [host, status] of [
    ["localhost:7071", 200],
    ["LocalHost", 200],
    ["[::1]:7071", 200],
    ["127.0.0.1", 200],
    ["evil.example", 403],
    ["localhost@evil.example", 403],
    ["", 403],
  ] as const) {
    it(`answers Host "${host}" with ${status}`, async () => assert.equal(await statusOf({ headers: { host } }), status));
  }
  for (const [origin, status] of [
    ["https://app.example", 200],
    ["http://localhost:7071", 200],
    ["http://localhost:3000", 403],
    ["https://evil.example", 403],
    ["null", 403],
  ] as const) {
    it(`answers Origin ${origin} with ${status}`, async () =>
      assert.equal(await statusOf({ headers: { origin } }, { corsOrigins: ["https://app.example"] }), status));
  }
  for (const [site, more, status] of [
    ["same-origin", {}, 200],
    ["none", {}, 200],
    ["cross-site", {}, 403],
    ["same-site", {}, 403],
    ["something new", {}, 403],
    ["cross-site", { origin: "https://app.example" }, 200],
    ["cross-site", { referer: "https://app.example/orders?a=1" }, 200],
    ["cross-site", { referer: "https://evil.example/https://app.example" }, 403],
    ["cross-site", { referer: "no address" }, 403],
    ["same-site", { origin: "http://localhost:3000" }, 403],
  ] as const) {
    for (const method of ["GET", "HEAD", "POST", "DELETE"]) {
      it(`answers ${method} with Sec-Fetch-Site ${site} ${JSON.stringify(more)} with ${status}`, async () =>
        assert.equal(
          await statusOf({ method, headers: { "sec-fetch-site": site, ...more } }, { corsOrigins: ["https://app.example"] }),
          status,
        ));
    }
  }
  it("lets any page in where any may call", async () =>
    assert.equal(await statusOf({ headers: { "sec-fetch-site": "cross-site" } }, { corsOrigins: ["*"] }), 200));
  it("does not look at forwarded headers for that", async () => {
    const headers = { "x-forwarded-host": "localhost", "x-forwarded-proto": "http" };
    assert.equal(await statusOf({ origin: "http://evil.example", headers }, { forwardedHost: true }), 403);
  });
  it("says in the log, once for each kind, what has to be set", async () => {
    const written: string[] = [];
    const api = makeApi({
      log: { enabled: () => true, write: ({ level, event, message }) => void written.push(`${level} ${event} ${message}`) },
    });
    for (let i = 0; i < 3; i++) {
      await api.call(MANAGEMENT, { origin: "http://orders.example" });
      await api.call(MANAGEMENT, { headers: { origin: "https://evil.example" } });
    }
    assert.equal(written.length, 2);
    assert.match(written[0] ?? "", /^warn http\.refusedWithoutKey .*under the name orders\.example .*give the hub a key/);
    assert.match(written[1] ?? "", /^warn http\.refusedWithoutKey .*web page https:\/\/evil\.example .*--cors/);
  });
  it("says nothing in the refusal", async () => {
    const response = await makeApi().call(MANAGEMENT, { origin: "http://evil.example" });
    assert.equal(await response.text(), "");
    assertDescribed("/instances", "GET", response, "");
  });
});

describe("with keys", () => {
  const api = () => makeApi({ ...functions, keys: ["first", "sécond/="] });
  for (const [where, call, status] of [
    [MANAGEMENT, {}, 401],
    [MANAGEMENT, { headers: { "x-functions-key": "first" } }, 200],
    [MANAGEMENT, { headers: { "x-functions-key": "firs" } }, 401],
    [MANAGEMENT, { headers: { "x-functions-key": "" } }, 401],
    [`${MANAGEMENT}?code=first`, {}, 200],
    [`${MANAGEMENT}?CODE=s%C3%A9cond%2F%3D`, {}, 200],
    [`${MANAGEMENT}?code=wrong`, {}, 401],
    [`${MANAGEMENT}?code=first`, { headers: { "x-functions-key": "wrong" } }, 401],
    ["/runtime/webhooks/durabletask/nothing", {}, 401],
    ["/admin/host/status", {}, 401],
    ["/admin/host/status?code=first", {}, 200],
    ["/api/hello", {}, 401],
    ["/api/hello?code=first", {}, 200],
    ["/api/nothing", {}, 401],
    ["/nothing", {}, 401],
    ["/api/nothing?code=first", {}, 404],
    ["/api/open", {}, 200],
    ["/api/open", { method: "DELETE" }, 401],
    ["/api/open?code=first", { method: "DELETE" }, 404],
    ["/api/hello", { method: "DELETE" }, 401],
    ["/runtime/webhooks/durabletask/instances", { method: "PUT" }, 401],
    ["/healthz", {}, 200],
    ["/api/open", { origin: "http://public.example", headers: { origin: "https://other.example" } }, 200],
  ] as const) {
    it(`${where} ${JSON.stringify(call)} → ${status}`, async () => {
      const response = await api().call(where, call);
      assert.equal(response.status, status);
      if (status !== 401) return;
      assert.equal(await response.text(), "");
      assertDescribed("/instances", "GET", response, "");
    });
  }
  it("writes the first key into the management URLs", async () => {
    const response = await api().management("/orchestrators/Hello/x?code=s%C3%A9cond/=", { method: "POST" });
    assert.equal(
      response.headers.get("location"),
      "http://localhost:7071/runtime/webhooks/durabletask/instances/x?taskHub=TestHub&connection=Storage&code=first",
    );
  });
});

describe("CORS", () => {
  const preflight = (origin: string) => ({
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "DELETE", "access-control-request-headers": "content-type,x-functions-key" },
  });
  it("answers a preflight of an allowed origin, without asking for a key", async () => {
    const api = makeApi({ keys: ["k"], corsOrigins: ["https://app.example"] });
    const response = await api.call(MANAGEMENT, preflight("https://app.example"));
    assert.equal(response.status, 204);
    assert.equal(response.headers.get("access-control-allow-origin"), "https://app.example");
    assert.equal(response.headers.get("access-control-allow-methods"), "DELETE");
    assert.equal(response.headers.get("access-control-allow-headers"), "content-type,x-functions-key");
    assert.equal(response.headers.get("vary"), "Origin");
  });
  it("lets pages of an allowed origin read answers, refusals included", async () => {
    const api = makeApi({ keys: ["k"], corsOrigins: ["*"] });
    for (const path of [MANAGEMENT, `${MANAGEMENT}?code=k`]) {
      const response = await api.call(path, { headers: { origin: "https://any.example" } });
      assert.equal(response.headers.get("access-control-allow-origin"), "https://any.example");
      assert.equal(
        response.headers.get("access-control-expose-headers"),
        "Location, Retry-After, x-ms-continuation-token, x-perdure-reached-back-to, x-perdure-stopped, x-perdure-error",
      );
    }
  });
  it("lets pages send cookies only where that is said, and never those of any origin", async () => {
    for (const corsCredentials of [false, true]) {
      const api = makeApi({ keys: ["k"], corsOrigins: ["https://app.example"], corsCredentials });
      for (const [origin, seen] of [
        ["https://app.example", corsCredentials ? "true" : null],
        ["https://other.example", null],
      ] as const) {
        const answers = [await api.call(MANAGEMENT, preflight(origin)), await api.call(`${MANAGEMENT}?code=k`, { headers: { origin } })];
        for (const { headers } of answers) assert.equal(headers.get("access-control-allow-credentials"), seen, origin);
      }
    }
    assert.throws(() => makeApi({ corsOrigins: ["*"], corsCredentials: true }), /option "corsCredentials" is true.*not true while/);
  });
  it("gives other origins nothing", async () => {
    const api = makeApi({ keys: ["k"], corsOrigins: ["https://app.example"] });
    const response = await api.call(`${MANAGEMENT}?code=k`, { headers: { origin: "https://other.example" } });
    assert.equal(response.headers.get("access-control-allow-origin"), null);
    assert.equal((await api.call(`${MANAGEMENT}?code=k`, preflight("https://other.example"))).status, 404);
    assert.equal((await makeApi({ keys: ["k"] }).call(MANAGEMENT, preflight("https://app.example"))).status, 401);
  });
});

describe("no answer has a path of the machine", () => {
  const detail = "unable to open /srv/app/secret.db";
  class Away extends FixtureClient {
    override getStatus(): never {
      throw fault("STORE_UNAVAILABLE", detail);
    }
    override start(): never {
      throw fault("STORE_UNAVAILABLE", detail);
    }
    override purge(): never {
      throw fault("STORE_UNAVAILABLE", detail);
    }
    override terminate(): never {
      throw fault("STORE_UNAVAILABLE", detail);
    }
    override query(): never {
      throw new Error(detail);
    }
  }
  const asks: HttpFunctionDefinition<string> = {
    kind: "http",
    name: "asks",
    handler: () => {
      throw fault("STORE_UNAVAILABLE", detail);
    },
  };

  for (const [method, path, status] of [
    ["GET", `${MANAGEMENT}/x`, 503],
    ["GET", MANAGEMENT, 500],
    ["DELETE", `${MANAGEMENT}/x`, 503],
    ["POST", `${MANAGEMENT}/x/terminate`, 503],
    ["POST", "/runtime/webhooks/durabletask/orchestrators/Hello", 503],
    ["GET", "/api/asks", 503],
  ] as const) {
    it(`${method} ${path} while the store is away: the reason is in the log`, async () => {
      const written: LogEntry[] = [];
      const log = { enabled: () => true, write: (entry: LogEntry) => void written.push(entry) };
      const response = await makeApi({ httpFunctions: [asks], log }, new Away()).call(path, { method });
      const text = await response.text();
      assert.equal(response.status, status);
      assert.ok(!/srv|secret/.test(text), text);
      assert.ok(written.some(({ message, fields }) => `${message} ${String(fields.error)}`.includes(detail)));
    });
  }
});

it("behind a trusted proxy, URLs carry its name", async () => {
  const api = makeApi({ forwardedHost: true });
  const headers = { "x-forwarded-host": "app.example", "x-forwarded-proto": "https" };
  const started = await api.management("/orchestrators/Hello/x", { method: "POST", headers });
  assert.equal(
    started.headers.get("location"),
    "https://app.example/runtime/webhooks/durabletask/instances/x?taskHub=TestHub&connection=Storage",
  );
  const status = await api.management("/instances/x?showInput=false", { headers });
  assert.equal(status.headers.get("location"), "https://app.example/runtime/webhooks/durabletask/instances/x?showInput=false");
});
