import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../../src/process/testing/until.ts";
import { azureFolder } from "./testing/azure-folder.ts";
import { AzureHost } from "./testing/azure-host.ts";

const APP = `
const { app } = require("@azure/functions");
const df = require("durable-functions");
df.app.orchestration("Wait", function* (context) {
  yield context.df.waitForExternalEvent("Go");
  return context.df.getInput();
});
for (const authLevel of ["anonymous", "function", "admin"]) app.get(authLevel, { authLevel, handler: () => ({ body: "in" }) });
app.get("Headers", { handler: () => ({ body: "in", headers: { "x-own": "of the function" } }) });
app.http("Start", {
  methods: ["POST"], extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    return client.createCheckStatusResponse(request, await client.startNew("Wait", { instanceId: "one", input: "by the client" }));
  },
});
app.get("NotListed", { handler: () => ({}) });
`;

const HOST = {
  version: "2.0",
  functions: ["Wait", "anonymous", "FUNCTION", "admin", "Headers", "Start"],
  extensions: {
    http: { customHeaders: { "X-Own": "of the host", "X-Frame-Options": "DENY" }, hsts: { isEnabled: true, maxAge: "1" } },
    durableTask: { overridableExistingInstanceStates: "AnyState", httpSettings: { useForwardedHost: true } },
  },
};
const PAGE = "https://app.example";
const FORWARDED = { "x-forwarded-host": "public.example", "x-forwarded-proto": "https" };

describe("HTTP as host.json and local.settings.json have it", () => {
  const folder = azureFolder({
    files: { "src/all.js": APP },
    host: HOST,
    local: { Values: {}, Host: { CORS: `${PAGE}, https://b.example`, CORSCredentials: true } },
  });
  let host: AzureHost;
  test.before(async () => {
    host = await AzureHost.start(".", folder.path, ["--store", "memory:", "--key", "secret"]);
  });
  test.after(async () => {
    await host[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const KEYS = { none: {}, right: { "x-functions-key": "secret" }, wrong: { "x-functions-key": "other" } };
  for (const [level, query, key, status] of [
    ["anonymous", "", "none", 200],
    ["anonymous", "", "wrong", 200],
    ["function", "", "none", 401],
    ["function", "", "wrong", 401],
    ["function", "", "right", 200],
    ["function", "?code=secret", "none", 200],
    ["function", "?code=secret", "wrong", 401], // the header comes first
    ["function", "?code=other", "right", 200],
    ["admin", "", "none", 401],
    ["admin", "?code=other", "none", 401],
    ["admin", "", "right", 200],
    ["admin", "?code=secret", "none", 200],
    ["NotListed", "?code=secret", "none", 404],
    ["../runtime/webhooks/durabletask/instances", "", "none", 401],
    ["../runtime/webhooks/durabletask/instances", "?code=secret", "none", 200],
    ["../admin/host/status", "", "none", 401],
    ["../healthz", "", "none", 200],
  ] as const) {
    test(`${level}${query} with ${key === "none" ? "no" : `the ${key}`} key in its header is answered ${status}`, async () => {
      assert.equal((await fetch(`${host.url}/api/${level}${query}`, { headers: KEYS[key] })).status, status);
    });
  }

  for (const [origin, seen, credentials] of [
    [PAGE, PAGE, "true"],
    ["https://b.example", "https://b.example", "true"],
    ["https://other.example", null, null],
  ] as const) {
    test(`a page of ${origin}: its preflight and its call`, async () => {
      const asked = { origin, "access-control-request-method": "GET", "access-control-request-headers": "x-functions-key" };
      const preflight = await fetch(`${host.url}/api/function`, { method: "OPTIONS", headers: asked });
      assert.equal(preflight.status, seen === null ? 401 : 204);
      for (const { headers } of [preflight, await fetch(`${host.url}/api/anonymous`, { headers: { origin } })]) {
        const got = [headers.get("access-control-allow-origin"), headers.get("access-control-allow-credentials")];
        assert.deepEqual(got, [seen, credentials]);
      }
    });
  }

  test("headers of the host are on every answer, and those of a function win; HSTS only for callers by HTTPS", async () => {
    const answers = await Promise.all(
      ["anonymous", "function", "Headers?code=secret", "../healthz", "../runtime/webhooks/durabletask/instances/none?code=secret"].map(
        (path) => fetch(`${host.url}/api/${path}`),
      ),
    );
    assert.deepEqual(
      answers.map(({ headers }) => headers.get("x-own")),
      ["of the host", "of the host", "of the function", "of the host", "of the host"],
    );
    assert.ok(answers.every(({ headers }) => headers.get("x-frame-options") === "DENY"));
    assert.ok(answers.every(({ headers }) => !headers.has("strict-transport-security")));
    for (const [forwarded, seen] of [
      [FORWARDED, "max-age=86400"],
      [{ ...FORWARDED, "x-forwarded-proto": "http" }, null],
      [{ ...FORWARDED, "x-forwarded-host": "localhost" }, null],
    ] as const) {
      const { headers } = await fetch(`${host.url}/api/anonymous`, { headers: forwarded });
      assert.equal(headers.get("strict-transport-security"), seen);
    }
  });

  test("AnyState: the client's start and that over HTTP take the place of what runs, with URLs under the forwarded host", async () => {
    const starts = `${host.management}/orchestrators/Wait/one?code=secret`;
    const first = await fetch(starts, { method: "POST", body: '"by HTTP"', headers: FORWARDED });
    const { statusQueryGetUri = "" } = (await first.json()) as { readonly [field: string]: string };
    assert.deepEqual([first.status, new URL(statusQueryGetUri).origin], [202, "https://public.example"]);
    const input = async () =>
      ((await (await fetch(`${host.management}/instances/one?code=secret`)).json()) as { readonly input: unknown }).input;
    assert.equal(await input(), "by HTTP");
    const second = await fetch(`${host.url}/api/Start?code=secret`, { method: "POST", headers: FORWARDED });
    assert.deepEqual([second.status, new URL(second.headers.get("location") ?? "").origin], [202, "https://public.example"]);
    await until("the start by the client", async () => (await input()) === "by the client", 30_000);
    assert.equal((await fetch(starts, { method: "POST", body: '"again"' })).status, 202);
    await until("the start by HTTP", async () => (await input()) === "again", 30_000);
    const restart = `${host.management}/instances/one/restart?restartWithNewInstanceId=false&code=secret`;
    assert.equal((await fetch(restart, { method: "POST" })).status, 202);
  });
});
