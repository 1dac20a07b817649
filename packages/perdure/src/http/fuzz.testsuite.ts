import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { RUNTIME_STATUSES } from "../model/status.ts";
import { BASE, makeApi, ORIGIN } from "./testing/api.ts";
import { FixtureClient } from "./testing/fixture-client.ts";
import { assertDescribed } from "./testing/openapi-check.ts";
import { formDecode } from "./wire/form-encoding.ts";

/** Rows that say 500 themselves, and no other. */
function mayAnswer5xx(path: string, search: string, status: number): boolean {
  const trimmed = formDecode(path)
    .toLowerCase()
    .replace(/^\/+|\/+$/g, "");
  return status === 500 && (/\/(suspend|resume)$/.test(trimmed) || /returninternalservererroronfailure/i.test(search));
}

const ids = [...RUNTIME_STATUSES.map((status) => `i-${status}`), "nobody"];
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(...ids, "@e@k", "true", "false", "0", "-1", "1", "1e999", "NaN", "2026-01-02", "%", "+", "x".repeat(300)),
);
const encoded = text.map((raw) => encodeURIComponent(raw.toWellFormed()));
const id = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: encoded });
const operation = fc.constantFrom("raiseEvent/Go", "TERMINATE", "suspend", "resume", "Rewind", "restart", "dance");
const rows = fc.oneof(
  fc
    .tuple(fc.constant("POST"), fc.oneof(fc.constantFrom("Hello", "hello"), encoded), id)
    .map(([verb, name, one]) => [verb, `/orchestrators/${name}/${one}`] as const),
  fc.tuple(fc.constantFrom("GET", "DELETE"), id).map(([verb, one]) => [verb, `/instances/${one}`] as const),
  fc.tuple(fc.constant("POST"), id, operation).map(([verb, one, name]) => [verb, `/instances/${one}/${name}`] as const),
  fc.constantFrom("GET", "DELETE").map((verb) => [verb, "/instances"] as const),
  fc.tuple(fc.constantFrom("GET", "POST", "DELETE"), encoded).map(([verb, key]) => [verb, `/entities/counter/${key}`] as const),
  fc.constantFrom("GET", "POST").map((verb) => [verb, "/entities"] as const),
);
const method = fc.constantFrom("GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "HEAD");
const anything = fc.tuple(
  method,
  fc
    .array(fc.oneof(fc.constantFrom("orchestrators", "instances", "entities", "makeprimary", "openapi.json", ...ids), encoded), {
      maxLength: 5,
    })
    .map((all) => `/${all.join("/")}`),
);
const target = fc.oneof({ weight: 6, arbitrary: rows }, { weight: 1, arbitrary: anything });

const parameter = fc.constantFrom(
  ...[
    "showHistory",
    "showHistoryOutput",
    "showInput",
    "returnInternalServerErrorOnFailure",
    "createdTimeFrom",
    "createdTimeFrom",
    "createdTimeTo",
  ],
  ...["runtimeStatus", "instanceIdPrefix", "top", "timeout", "pollingInterval", "reason", "recursive", "version", "connection", "code"],
  ...["op", "fetchState", "showDetails", "showEmpty", "lastOperationTimeFrom", "lastOperationTimeTo", "removeEmptyEntities"],
);
const search = fc
  .array(fc.tuple(fc.oneof({ weight: 9, arbitrary: parameter }, { weight: 1, arbitrary: fc.string() }), text), { maxLength: 4 })
  .map((pairs) => new URLSearchParams(pairs.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()])).toString());
const body = fc.oneof(
  fc.json(),
  fc.json(),
  fc.string(),
  fc.uint8Array(),
  fc.string({ minLength: 201, maxLength: 300 }),
  fc.constantFrom("", " ", "{", "[1", "\ufeff1"),
);
const contentType = fc.constantFrom(
  ...["application/json", "APPLICATION/JSON;charset=utf-8", "application/json", "text/plain", "application/json, text/plain", ";", "json"],
);

/** `requests`: to the management API; of the others a part of that. */
export function fuzzHttp(requests: number): void {
  it("no request makes the management API fail or answer a 5xx that its table does not name", async () => {
    const logged: unknown[] = [];
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(target, search, body, contentType, async ([verb, where], query, payload, type) => {
        const client = new FixtureClient();
        for (const status of RUNTIME_STATUSES) client.put({ id: `i-${status}`, runtimeStatus: status, input: "1", output: '"x"' });
        const api = makeApi({ maxBodyBytes: 200, log: { enabled: () => false, write: (entry) => logged.push(entry) } }, client);
        const withBody = verb === "GET" || verb === "HEAD" ? {} : { body: payload as string };
        const request = new Request(`${ORIGIN}${BASE}${where}?${query}`, { method: verb, headers: { "content-type": type }, ...withBody });
        const response = await api.handler(request);
        const answer = await response.text();
        seen.add(response.status);
        const name = `${verb} ${request.url} → ${response.status} ${answer}`;
        if (response.status >= 500) assert.ok(mayAnswer5xx(where, query, response.status), name);
        if (answer !== "") assert.doesNotThrow(() => JSON.parse(answer), name);
        assert.deepEqual(logged, [], name);
        for (const status of ["Completed", "Failed"] as const) {
          const left = await client.getStatus(`i-${status}`);
          const isRewound = status === "Failed" && left?.runtimeStatus === "Running";
          assert.ok(
            left === null || verb === "DELETE" || left.runtimeStatus === status || left.runtimeStatus === "Pending" || isRewound,
            name,
          );
        }
      }),
      { numRuns: requests },
    );
    // The generators reach every answer of the table, so that silence means something.
    const rare = requests < 2_000 ? [] : [409, 500];
    for (const status of [200, 202, 400, 404, 410, 412, 413, ...rare]) assert.ok(seen.has(status), `no request was answered ${status}`);
  });

  it("every answer to a start and to an event is one that the OpenAPI document describes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.constantFrom(...ids), search, body, contentType, async (starts, id, query, payload, type) => {
        const client = new FixtureClient();
        for (const status of RUNTIME_STATUSES) client.put({ id: `i-${status}`, runtimeStatus: status });
        const api = makeApi({ maxBodyBytes: 200 }, client);
        const where = starts ? `/orchestrators/Hello/${id}` : `/instances/${id}/raiseEvent/Go`;
        const request = new Request(`${ORIGIN}${BASE}${where}?${query}`, {
          method: "POST",
          headers: { "content-type": type },
          body: payload as string,
        });
        const response = await api.handler(request);
        const template = starts ? "/orchestrators/{functionName}/{instanceId}" : "/instances/{instanceId}/raiseEvent/{eventName}";
        assertDescribed(template, "POST", response, await response.text());
      }),
      { numRuns: Math.ceil(requests / 2.5) },
    );
  });

  it("no path or host makes the handler reject", async () => {
    const api = makeApi({
      httpFunctions: [{ kind: "http", name: "f", route: "{a:int}/{b?}", handler: (_, { params }) => Response.json(params) }],
    });
    await fc.assert(
      fc.asyncProperty(
        fc.webPath(),
        fc.constantFrom("http://localhost:7071", "http://evil.example", "http://[::1]"),
        async (where, origin) => {
          const response = await api.handler(new Request(`${origin}/api${where}`));
          assert.ok([200, 403, 404].includes(response.status), String(response.status));
        },
      ),
      { numRuns: Math.ceil(requests / 7) },
    );
  });
}
