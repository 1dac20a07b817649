import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createHttpHandler } from "./handler.ts";
import { jsonOf, makeApi } from "./testing/api.ts";
import { FixtureClient } from "./testing/fixture-client.ts";
import { assertDescribed } from "./testing/openapi-check.ts";

const json = { "content-type": "application/json" };
it("HEAD is answered as GET is, without a body", async () => {
  const api = makeApi();
  api.client.put({ id: "x", runtimeStatus: "Running" });
  api.client.put({ id: "y", runtimeStatus: "Completed", output: "1" });
  for (const [template, path] of [
    ["/instances", "/instances"],
    ["/instances/{instanceId}", "/instances/x"],
    ["/instances/{instanceId}", "/instances/y"],
    ["/instances/{instanceId}", "/instances/nobody"],
    ["/entities", "/entities"],
    ["/openapi.json", "/openapi.json"],
  ] as const) {
    const [get, head] = [await api.management(path), await api.management(path, { method: "HEAD" })];
    assert.equal(head.status, get.status, path);
    assert.deepEqual([...head.headers], [...get.headers], path);
    assert.equal(await head.text(), "");
    assertDescribed(template, "HEAD", head, "");
  }
});

describe("status", () => {
  it("answers a failed instance with 500 only when asked", async () => {
    const api = makeApi();
    api.client.put({ id: "x", runtimeStatus: "Failed", output: '"boom"' });
    for (const [query, status] of [
      ["returnInternalServerErrorOnFailure=true", 500],
      ["RETURNINTERNALSERVERERRORONFAILURE=TRUE", 500],
      ["returnInternalServerErrorOnFailure=1", 200],
      ["returnInternalServerErrorOnFailure=true&returnInternalServerErrorOnFailure=true", 200],
    ] as const) {
      const response = await api.management(`/instances/x?${query}`);
      assert.equal(response.status, status, query);
      const body = await response.text();
      assert.equal(JSON.parse(body).output, "boom");
      assertDescribed("/instances/{instanceId}", "GET", response, body);
    }
  });

  it("hides the input when told to", async () => {
    const api = makeApi();
    api.client.put({ id: "x", runtimeStatus: "Completed", input: '{"secret":1}' });
    assert.equal((await jsonOf(api.management("/instances/x?showInput=false"))).input, null);
    assert.deepEqual((await jsonOf(api.management("/instances/x?showInput=no"))).input, { secret: 1 });
  });

  it("keeps the query in Location", async () => {
    const api = makeApi();
    api.client.put({ id: "x", runtimeStatus: "Running" });
    const response = await api.management("/instances/x?taskHub=testhub&connection=Any&showInput=false");
    assert.equal(
      response.headers.get("location"),
      "http://localhost:7071/runtime/webhooks/durabletask/instances/x?taskHub=testhub&connection=Any&showInput=false",
    );
  });

  it("is 404 for another task hub, not for a blank one", async () => {
    const api = makeApi();
    api.client.put({ id: "x", runtimeStatus: "Running" });
    assert.equal((await api.management("/instances/x?taskHub=Other")).status, 404);
    assert.equal((await api.management("/instances/x?taskHub=%20")).status, 202);
  });

  it("is 404 for an id that no instance can have", async () => {
    const api = makeApi();
    for (const id of ["@counter@1", "x".repeat(300), "%00", "%ff", "%zz"])
      assert.equal((await api.management(`/instances/${id}`)).status, 404, id);
  });
});

describe("raise event", () => {
  it("takes names with a slash, a plus sign and a percent sign, encoded", async () => {
    const api = makeApi();
    api.client.put({ id: "x", runtimeStatus: "Running" });
    for (const name of ["order/approved", "a+b", "100%", "a b", "ü/ö", "a/", "/"]) {
      const response = await api.management(`/instances/x/raiseEvent/${encodeURIComponent(name)}`, {
        method: "POST",
        headers: json,
        body: "1",
      });
      assert.equal(response.status, 202, name);
      assert.equal(api.client.eventsOf("x").at(-1)?.name, name);
    }
    for (const path of ["a/b", "a%2Fb/c"])
      assert.equal((await api.management(`/instances/x/raiseEvent/${path}`, { method: "POST", headers: json })).status, 404, path);
  });

  const path = "/instances/x/raiseEvent/Event_Ship";
  for (const [body, input] of [
    [undefined, null],
    ["", null],
    [" \r\n ", null],
    ['{"truck":7}', '{"truck":7}'],
    ["null", "null"],
  ] as const) {
    it(`takes the body ${JSON.stringify(body)} as ${input}`, async () => {
      const api = makeApi();
      api.client.put({ id: "x", runtimeStatus: "Suspended" });
      const headers = { "content-type": "Application/JSON; charset=utf-8" };
      const response = await api.management(path, { method: "POST", headers, ...(body === undefined ? {} : { body }) });
      assert.equal(response.status, 202);
      assert.equal(await response.text(), "");
      assert.deepEqual(api.client.eventsOf("x"), [{ name: "Event_Ship", input }]);
    });
  }

  it("refuses a payload over the limit", async () => {
    const api = makeApi({ maxBodyBytes: 4 });
    api.client.put({ id: "x", runtimeStatus: "Running" });
    assert.equal((await api.management(path, { method: "POST", headers: json, body: "[1,2]" })).status, 413);
    assert.deepEqual(api.client.eventsOf("x"), []);
  });
});

it("terminate passes reason and recursive on", async () => {
  const api = makeApi();
  api.client.put({ id: "x", runtimeStatus: "Running" });
  await api.management("/instances/x/terminate?Reason=too%20late+now&RECURSIVE=True", { method: "POST" });
  assert.deepEqual(api.client.terminations, [{ instanceId: "x", reason: "too late now", recursive: true }]);
  api.client.put({ id: "x", runtimeStatus: "Running" });
  await api.management("/instances/x/terminate", { method: "POST" });
  assert.deepEqual(api.client.terminations[1], { instanceId: "x", reason: null, recursive: false });
});

describe("everything else", () => {
  it("is 404 without a body", async () => {
    const api = makeApi();
    api.client.put({ id: "x", runtimeStatus: "Running" });
    for (const path of [
      "",
      "/",
      "/nothing",
      "/instances/x/dance",
      "/instances/x/terminate/now",
      "/instances/x/raiseEvent",
      "/instances//terminate",
      "/orchestrators",
      "/entities/a/b/c",
      "/makeprimary/now",
    ]) {
      const response = await api.management(path, { method: "POST" });
      assert.equal(response.status, 404, path);
      assert.equal(await response.text(), "");
    }
    assert.equal((await api.call("/runtime/webhooks/durabletaskX/instances/x")).status, 404);
    assert.equal((await api.call("/RUNTIME/Webhooks/DurableTask/instances/x")).status, 202);
  });

  it("shows the host's status", async () => {
    const response = await makeApi({ version: "1.2.3" }).call("/admin/host/status");
    const body = await response.text();
    const { processUptime, ...rest } = JSON.parse(body);
    assert.ok(Number.isInteger(processUptime));
    assert.deepEqual(rest, { id: "testhub", state: "Running", version: "1.2.3", versionDetails: "1.2.3", platformVersion: "" });
    assertDescribed("/admin/host/status", "GET", response, body);
    assert.equal((await makeApi().call("/admin/host/status", { method: "POST" })).status, 404);
  });

  it("answers a failure of the host without its details, and logs them", async () => {
    const entries: unknown[] = [];
    class Broken extends FixtureClient {
      override async getStatus(): Promise<never> {
        throw new Error("secret path");
      }
    }
    const api = makeApi({ log: { enabled: () => true, write: (entry) => entries.push(entry) } }, new Broken());
    const response = await api.management("/instances/x");
    const body = await response.text();
    assert.equal(response.status, 500);
    assert.equal(
      body,
      '{"Message":"Something went wrong while processing your request","ExceptionMessage":"The log of the host has the error.","ExceptionType":"Error","StackTrace":null}',
    );
    assertDescribed("/instances/{instanceId}", "GET", response, body);
    assert.match(JSON.stringify(entries), /http\.requestFailed/);
  });

  it("logs the operation with a well-formed invocation id only", async () => {
    const entries: { readonly event: string; readonly fields: object }[] = [];
    const api = makeApi({ log: { enabled: () => true, write: (entry) => entries.push(entry) } });
    await api.management("/instances/x", { headers: { "x-azure-functions-invocationid": "7d444840-9dc0-11d1-b245-5ffdce74fad2" } });
    await api.management("/instances/x", { headers: { "x-azure-functions-invocationid": "evil" } });
    assert.deepEqual(
      entries.map(({ fields }) => fields),
      [
        { operationType: "GetInstance", instanceId: "x", functionInvocationId: "7d444840-9dc0-11d1-b245-5ffdce74fad2" },
        { operationType: "GetInstance", instanceId: "x", functionInvocationId: null },
      ],
    );
  });

  it("serves the OpenAPI document it is checked against", async () => {
    const response = await makeApi({ basePath: "/durable" }).call("/durable/openapi.json");
    const document = JSON.parse(await response.text());
    assert.equal(document.openapi, "3.1.0");
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item as object));
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length, "ids of operations are unique");
    assert.ok(document.paths["/durable/instances/{instanceId}/raiseEvent/{eventName}"].post);
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? "");
    for (const name of refs) assert.ok(document.components.schemas[name], name);
    const wrong = new Response('{"Message":1}', { status: 409, headers: { "content-type": "application/json; charset=utf-8" } });
    assert.throws(() => assertDescribed("/orchestrators/{functionName}", "POST", wrong, '{"Message":1}'), /must be string/);
    assert.throws(
      () => assertDescribed("/orchestrators/{functionName}", "POST", wrong, '{"Message":"x","More":1}'),
      /additional properties/,
    );
  });
});

it("options: unknown and impossible ones are named", () => {
  assert.throws(
    () => makeApi({ maxBodybytes: 1 } as object),
    /createHttpHandler has no option "maxBodybytes"; did you mean "maxBodyBytes"\? Known ones: "connectionName"/,
  );
  const parts = { client: new FixtureClient(), functionClient: "", taskHub: "H" };
  assert.throws(() => createHttpHandler(parts as never), /option "hub" is an object; expected a TaskHub.*createHttpHandler\(hub/);
  for (const [option, value] of [
    ["basePath", "durable"],
    ["mountPath", "durable"],
    ["probes", "no"],
    ["keys", [""]],
    ["corsOrigins", ["app.example"]],
    ["corsOrigins", ["https://app.example/"]],
    ["corsCredentials", "yes"],
    ["onExisting", "attach"],
    ["publicOrigin", "localhost"],
    ["maxBodyBytes", 0],
    ["forwardedHost", "yes"],
  ] as const) {
    assert.throws(() => makeApi({ [option]: value } as object), new RegExp(`option "${option}"`), option);
  }
});
