import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { DurableClient } from "../functions/client-types.ts";
import { http } from "../functions/http.ts";
import { cpuClock } from "../process/testing/cpu-clock.ts";
import { createHttpHandler } from "./handler.ts";
import type { HttpFunctionDefinition } from "./http-function.ts";
import { loadRouteRegex } from "./route-regex.ts";
import type { Api } from "./testing/api.ts";
import { fixtureHub, makeApi } from "./testing/api.ts";
import { FixtureClient } from "./testing/fixture-client.ts";

before(() => loadRouteRegex([{ route: "{id:regex(a)}" }]));

const echo = (name: string, route?: string, methods?: readonly string[]): HttpFunctionDefinition<string> => ({
  kind: "http",
  name,
  ...(route === undefined ? {} : { route }),
  ...(methods === undefined ? {} : { methods }),
  handler: (_, { params }) => new Response(`${name} ${JSON.stringify(params)}`),
});
const serving = (...httpFunctions: readonly HttpFunctionDefinition<string>[]) => makeApi({ httpFunctions });
const answer = async (api: Api, path: string, method = "GET") => {
  const response = await api.call(path, { method });
  return response.status === 200 ? response.text() : response.status;
};

it("a pattern of a route cannot hold the host, and one that cannot be run that way is an error of the start", async () => {
  const api = serving(echo("f", "re/{id:regex(^(a+)+$)}"));
  const cpuMs = cpuClock();
  assert.equal(await answer(api, `/api/re/${"a".repeat(5_000)}!`), 404);
  assert.equal(await answer(api, "/api/re/aaa"), 'f {"id":"aaa"}');
  assert.ok(cpuMs() < 3_000, `${cpuMs()} ms`);
  assert.throws(() => serving(echo("f", "re/{id:regex((a)\\1)}")), { code: "ROUTE_INVALID", message: /look-around/ });
});

it("a long value of a number takes no time either", async () => {
  const api = serving(echo("f", "n/{n:double}"), echo("g", "d/{n:decimal}"));
  const cpuMs = cpuClock();
  for (const kind of ["n", "d"]) assert.equal(await answer(api, `/api/${kind}/${"1".repeat(60_000)}x`), 404);
  assert.ok(cpuMs() < 1_000, `${cpuMs()} ms`);
});

describe("route templates", () => {
  for (const [route, path, expected] of [
    ["orders/{id}", "/api/orders/7", 'f {"id":"7"}'],
    ["orders/{id}", "/API/Orders/7/", 'f {"id":"7"}'],
    ["orders/{id}", "/api/orders", 404],
    ["orders/{id}", "/api/orders/7/8", 404],
    ["orders/{id}", "/api/orders/a%2Fb%20c+d", 'f {"id":"a/b c+d"}'],
    ["orders/{id}", "/api/orders/%zz", 'f {"id":"%zz"}'],
    ["/orders/{id}/", "/api/orders/7", 'f {"id":"7"}'],
    ["orders/{id?}", "/api/orders", "f {}"],
    ["orders/{id?}", "/api/orders/7", 'f {"id":"7"}'],
    ["orders/{id=all}", "/api/orders", 'f {"id":"all"}'],
    ["orders/{id:int}", "/api/orders/-7", 'f {"id":"-7"}'],
    ["orders/{id:int}", "/api/orders/x", 404],
    ["orders/{id:int}", "/api/orders/2147483648", 404],
    ["orders/{id:long}", "/api/orders/2147483648", 'f {"id":"2147483648"}'],
    ["orders/{id:int?}", "/api/orders", "f {}"],
    ["orders/{id:int:range(1,9)}", "/api/orders/9", 'f {"id":"9"}'],
    ["orders/{id:int:range(1,9)}", "/api/orders/10", 404],
    ["orders/{id:min(2):max(3)}", "/api/orders/2", 'f {"id":"2"}'],
    ["{on:bool}", "/api/True", 'f {"on":"True"}'],
    ["{id:guid}", "/api/7d444840-9dc0-11d1-b245-5ffdce74fad2", 'f {"id":"7d444840-9dc0-11d1-b245-5ffdce74fad2"}'],
    ["{id:guid}", "/api/7d444840", 404],
    ["{name:alpha:length(2,3)}", "/api/ab", 'f {"name":"ab"}'],
    ["{name:alpha:length(2,3)}", "/api/a1", 404],
    ["{name:minlength(2):maxlength(3)}", "/api/abcd", 404],
    ["{day:datetime}", "/api/2026-01-02", 'f {"day":"2026-01-02"}'],
    ["{n:decimal}", "/api/1.5", 'f {"n":"1.5"}'],
    ["{n:double}", "/api/1e5", 'f {"n":"1e5"}'],
    ["{code:regex(^\\d{2}$)}", "/api/42", 'f {"code":"42"}'],
    ["{code:regex(^\\d{2}$)}", "/api/421", 404],
    ["files/{*rest}", "/api/files/a/b%20c/d", 'f {"rest":"a/b c/d"}'],
    ["files/{*rest}", "/api/files", "f {}"],
    ["files/{**rest}", "/api/files/a", 'f {"rest":"a"}'],
    ["{__proto__}", "/api/x", 'f {"__proto__":"x"}'],
    ["", "/api", "f {}"],
    [undefined, "/api/F", "f {}"],
  ] as const) {
    it(`${route ?? "(name)"} with ${path} → ${expected}`, async () =>
      assert.equal(await answer(serving(echo("f", route)), path), expected));
  }

  it("prefers literals to constrained parameters to free ones to the rest", async () => {
    const api = serving(
      echo("rest", "{*rest}"),
      echo("free", "orchestrators/{x}"),
      echo("int", "orchestrators/{x:int}"),
      echo("wait", "orchestrators/wait"),
      echo("deep", "orchestrators/wait/{x}"),
    );
    assert.equal(await answer(api, "/api/orchestrators/wait"), "wait {}");
    assert.equal(await answer(api, "/api/orchestrators/7"), 'int {"x":"7"}');
    assert.equal(await answer(api, "/api/orchestrators/x"), 'free {"x":"x"}');
    assert.equal(await answer(api, "/api/orchestrators/wait/x"), 'deep {"x":"x"}');
    assert.equal(await answer(api, "/api/other/x"), 'rest {"rest":"other/x"}');
  });

  it("looks at methods: GET and POST unless said", async () => {
    const api = serving(echo("both", "x"), echo("put", "x", ["put", "DELETE"]));
    assert.equal(await answer(api, "/api/x", "POST"), "both {}");
    assert.equal(await answer(api, "/api/x", "PUT"), "put {}");
    assert.equal(await answer(api, "/api/x", "PATCH"), 404);
  });

  it("serves under another prefix, or none", async () => {
    const httpFunctions = [echo("f", "{*rest}")];
    assert.equal(await answer(makeApi({ routePrefix: "v1/run", httpFunctions }), "/v1/run/x"), 'f {"rest":"x"}');
    assert.equal(await answer(makeApi({ routePrefix: "", httpFunctions }), "/x"), 'f {"rest":"x"}');
    assert.equal(await answer(makeApi({ routePrefix: "", httpFunctions }), "/runtime/webhooks/durabletask/instances"), "[]");
  });

  for (const [route, problem] of [
    ["a//b", "empty segment"],
    ["a/{b", "neither plain text nor one parameter"],
    ["a/x{b}", "neither plain text nor one parameter"],
    ["{a:nonsense}", '"nonsense" is not a route constraint'],
    ["{a:length(x)}", '"length\\(x\\)" is not a route constraint'],
    ["{a:regex(()}", "is not a route constraint"],
    ["{*rest}/b", "must come last"],
    ["{a?}/b", "only the last segment may be optional"],
    ["{a}/{A}", 'the parameter "A" appears twice'],
  ] as const) {
    it(`refuses ${route}`, () => assert.throws(() => serving(echo("f", route)), new RegExp(`"f" has the route ".*": .*${problem}`)));
  }

  it("refuses two functions for one path and method", () => {
    assert.throws(() => serving(echo("f", "a/{x}"), echo("g", "A/{y}", ["POST"])), { code: "ROUTE_TAKEN" });
    assert.throws(() => serving(echo("f"), echo("F")), { code: "ROUTE_TAKEN" });
    serving(echo("f", "a/{x}", ["GET"]), echo("g", "a/{x}", ["POST"]));
    assert.throws(() => serving(echo("f", "a", [])), /its list of methods is empty/);
    assert.throws(() => serving(echo("f", "a", ["GET /"])), /is not an HTTP method/);
  });
});

describe("client functions", () => {
  const running = (handler: HttpFunctionDefinition<string>["handler"], options: object = {}) => {
    const entries: { readonly level: string; readonly message: string; readonly fields: { readonly [key: string]: unknown } }[] = [];
    const log = { enabled: () => true, write: (entry: (typeof entries)[number]) => entries.push(entry) };
    const methods = ["POST"];
    return { entries, api: makeApi({ httpFunctions: [{ kind: "http", name: "f", methods, handler }], log, ...options }) };
  };

  it("get the request, the client, and a log", async () => {
    const { api, entries } = running(async (request, { client, log }) => {
      log.info("seen", { size: 3 });
      return Response.json({ client, body: await request.text(), url: request.url }, { status: 201 });
    });
    const response = await api.call("/api/f?x=1", { method: "POST", body: "abc" });
    assert.equal(response.status, 201);
    assert.deepEqual(await response.json(), { client: "the client", body: "abc", url: "http://localhost:7071/api/f?x=1" });
    assert.deepEqual(entries, [{ level: "info", event: "function.log", message: "seen", fields: { size: 3, http: "f" } }]);
  });

  it("are what http() makes", async () => {
    const made: HttpFunctionDefinition<DurableClient> = http(
      "greet",
      { route: "greet/{name}", methods: ["GET"] },
      (_, { params }) => new Response(params.name),
    );
    const handler = createHttpHandler(fixtureHub(new FixtureClient(), {} as DurableClient, [made]));
    assert.equal(await (await handler(new Request("http://localhost/api/Greet/Ada"))).text(), "Ada");
  });

  it("that return nothing are answered 204", async () => {
    for (const handler of [() => undefined, async () => {}]) {
      assert.equal((await running(handler).api.call("/api/f", { method: "POST" })).status, 204);
    }
  });

  for (const [what, handler] of [
    ["throw", () => Promise.reject(new Error("secret"))],
    ["return something else", () => "text" as unknown as Response],
  ] as const) {
    it(`that ${what} are answered 500, and the log has the reason`, async () => {
      const { api, entries } = running(handler);
      const response = await api.call("/api/f", { method: "POST" });
      assert.equal(response.status, 500);
      assert.equal(await response.text(), '{"Message":"The HTTP function \\"f\\" failed. The log of the host has the error."}');
      assert.equal(entries.length, 1);
      assert.equal(entries[0]?.level, "error");
      assert.ok(entries[0]?.fields.error instanceof Error);
    });
  }

  it("cannot read a body over the limit", async () => {
    const { api } = running(async (request) => new Response(await request.text()), { maxBodyBytes: 4 });
    const post = async (body: string, headers = {}) => (await api.call("/api/f", { method: "POST", body, headers })).status;
    assert.equal(await post("1234"), 200);
    assert.equal(await post("12345"), 413);
    assert.equal(await post("12345", { "content-length": "5" }), 413);
  });
});
