import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { LogEntry } from "perdure";
import { orchestrator, TaskHub } from "perdure";

const quick = orchestrator("Quick", async () => 1);

test("traces go to a collector by OTLP over HTTP when the hub closes at the latest, with its name and its headers", async () => {
  const requests: { readonly url: string | undefined; readonly key: unknown; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join("");
    requests.push({ url: request.url, key: request.headers["x-key"], body });
    response.writeHead(200).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  const traces = { url, headers: { "x-key": "k" }, service: "shop", attributes: { "deployment.environment.name": "test" } };
  const hub = await TaskHub.open("memory:", { functions: [quick], traces, log: false });
  await hub.start();
  await (await hub.client.startNew(quick, { instanceId: "q" })).result();
  await hub.close();
  server.close();
  assert.deepEqual(
    requests.map(({ url: path, key }) => [path, key]),
    [["/v1/traces", "k"]],
  );
  const [{ resource, scopeSpans }] = JSON.parse(requests[0]?.body ?? "").resourceSpans;
  assert.deepEqual(resource.attributes, [
    { key: "service.name", value: { stringValue: "shop" } },
    { key: "deployment.environment.name", value: { stringValue: "test" } },
  ]);
  assert.equal(scopeSpans[0].scope.name, "perdure");
  const spans: readonly { readonly [field: string]: unknown }[] = scopeSpans[0].spans;
  assert.deepEqual(spans.map(({ name, kind, status }) => [name, kind, status]).toSorted(), [
    ["create_orchestration:Quick", 4, {}],
    ["orchestration:Quick", 2, {}],
  ]);
  for (const { traceId, spanId, startTimeUnixNano, endTimeUnixNano } of spans) {
    assert.match(String(traceId), /^[0-9a-f]{32}$/);
    assert.match(String(spanId), /^[0-9a-f]{16}$/);
    assert.match(String(startTimeUnixNano), /^1\d{18}$/);
    assert.ok(BigInt(String(endTimeUnixNano)) >= BigInt(String(startTimeUnixNano)));
  }
});

test("a collector that is away is said once, and holds nothing up", async () => {
  const lines: LogEntry[] = [];
  const log = { enabled: () => true, write: (entry: LogEntry) => void lines.push(entry) };
  const hub = await TaskHub.open("memory:", { functions: [quick], traces: { url: "http://127.0.0.1:9/v1/traces" }, log });
  await hub.start();
  const run = await hub.client.startNew(quick);
  assert.equal(await run.result(), 1);
  const began = performance.now();
  await hub.close();
  assert.ok(performance.now() - began < 8_000);
});

test("a collector that does not answer delays the end of a hub by a few seconds at most", { timeout: 20_000 }, async (t) => {
  const lines: LogEntry[] = [];
  const log = { enabled: () => true, write: (entry: LogEntry) => void lines.push(entry) };
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  const hub = await TaskHub.open("memory:", { functions: [quick], traces: { url }, log });
  await hub.start();
  await (await hub.client.startNew(quick)).result();
  const began = performance.now();
  await hub.close();
  assert.ok(performance.now() - began < 6_000, `${performance.now() - began} ms`);
  const said = lines.filter(({ event }) => event === "traces.not-sent");
  assert.deepEqual([said.length, said[0]?.fields?.dropped], [1, 2]);
});

test("wrong options of traces are named", async () => {
  for (const [traces, message] of [
    [{ url: "ftp://x" }, /option "url" is "ftp:\/\/x"/],
    [{}, /an object with `url` or `spans`/],
    [{ url: "http://x", sampler: "sometimes" }, /one of always_on/],
    [{ url: "http://x", sampler: "traceidratio", samplerArg: "2" }, /a number from 0 to 1/],
    [{ uri: "http://x" }, /has no option "uri"/],
  ] as const)
    await assert.rejects(TaskHub.open("memory:", { traces: traces as { url: string } }), { message });
});
