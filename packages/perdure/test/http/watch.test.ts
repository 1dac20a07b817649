import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { activity, externalEvent, orchestrator, TaskHub } from "perdure";
import { createHttpHandler, toNodeListener } from "perdure/http";
import { serverSentEvents } from "../../src/cli/server-sent-events.ts";

const go = externalEvent("Go");
const speak = activity("Speak", (_: undefined, { heartbeat }) => heartbeat({ said: "to\nbe" }));
const work = orchestrator("Work", async (ctx) => {
  ctx.setCustomStatus("waits");
  await ctx.waitForExternalEvent(go);
  await ctx.callActivity(speak);
  return "done";
});
const echo = orchestrator("Echo", async (ctx, input: { readonly text: string }) => {
  ctx.setCustomStatus(input.text);
  return input;
});
const BASE = "/runtime/webhooks/durabletask";

/** The events of a stream, with what they hold. */
async function* eventsOf(response: Response) {
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  for await (const { event, data } of serverSentEvents(response.body ?? new ReadableStream())) yield { event, data: JSON.parse(data) };
}

async function openHost() {
  const hub = await TaskHub.open("memory:", { functions: [work, speak, echo], log: false });
  await hub.start();
  const server = createServer(toNodeListener(createHttpHandler(hub)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`;
  return { hub, server, url };
}

test("a browser watches an instance as server-sent events until its end", async () => {
  const { hub, server, url } = await openHost();
  const run = await hub.client.startNew(work, { instanceId: "w" });
  await hub.client.waitForStart("w");
  const seen: unknown[] = [];
  for await (const { event, data } of eventsOf(await fetch(`${url}/instances/w/watch`))) {
    const { runtimeStatus, customStatus, activity: name, progress } = data;
    seen.push(event === "progress" ? [event, name, progress] : [event, runtimeStatus, customStatus]);
    if (seen.length === 1) await run.raiseEvent(go);
  }
  assert.deepEqual(seen, [
    ["status", "Running", "waits"],
    ["progress", "Speak", { said: "to\nbe" }],
    ["status", "Completed", "waits"],
    ["end", "Completed", undefined],
  ]);
  assert.equal((await fetch(`${url}/instances/nobody/watch`)).status, 404);
  assert.equal((await fetch(`${url}/instances/w/watch`, { method: "HEAD" })).status, 200);
  assert.equal((await fetch(`${url}/instances/w/watch`, { method: "POST" })).status, 404);
  server.close();
  await hub.close();
});

test("texts with ends of lines of any kind come as they are, and so does JSON that was sent on several lines", async (t) => {
  const { hub, server, url } = await openHost();
  t.after(() => hub.close());
  t.after(() => server.close());
  const text = "a\u2028b\u2029c\rd\ne";
  await fetch(`${url}/orchestrators/Echo/e`, { method: "POST", body: `{\r\n"text":\r${JSON.stringify(text)}\n}` });
  await hub.client.waitForCompletion("e");
  for await (const { event, data } of eventsOf(await fetch(`${url}/instances/e/watch`)))
    if (event === "status") assert.deepEqual([data.input, data.output, data.customStatus], [{ text }, { text }, text]);
});

test("the end of the hub ends a stream at once, and so does the caller", async () => {
  const { hub, server, url } = await openHost();
  await hub.client.startNew(work, { instanceId: "w" });
  const gone = new AbortController();
  await fetch(`${url}/instances/w/watch`, { signal: gone.signal });
  gone.abort();
  const stream = eventsOf(await fetch(`${url}/instances/w/watch`));
  await stream.next();
  const began = performance.now();
  const closing = hub.closeAfter(new Promise((resolve) => server.close(resolve)));
  for await (const _ of stream);
  assert.ok(performance.now() - began < 1_500, `${performance.now() - began} ms`);
  server.closeAllConnections();
  await closing;
});
