import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type * as wire from "../../src/console/wire.ts";
import { serveHttp } from "../../src/http/index.ts";
import { activity, orchestrator } from "../../src/index.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import { API, stage } from "./testing/stage.ts";
import { messagesOf, next } from "./testing/stream-reader.ts";

const waits = orchestrator("Waits", async (ctx) => ctx.waitForExternalEvent("Go"));

test("a page gets the counts at once, and what it watches when it changes", { timeout: 20_000 }, async (t) => {
  const { ask, post } = await stage(t, { functions: [waits] });
  await post("/instances", { name: "Waits", instanceId: "w" });
  const response = await ask(`${API}/stream?watch=w&watch=none`);
  assert.deepEqual(
    ["content-type", "cache-control", "x-accel-buffering"].map((name) => response.headers.get(name)),
    ["text/event-stream; charset=utf-8", "no-store", "no"],
  );
  const messages = messagesOf(response);
  assert.equal((await next(messages, "changed", ({ id }) => id === "none")).row, null);
  assert.equal((await next(messages, "tick")).counts.workers, 1);
  await post("/instances/w/raise-event", { event: "Go" });
  await next(messages, "changed", ({ id, row }) => id === "w" && row?.status === "Completed");
  await post("/instances/w/purge", {});
  await next(messages, "changed", ({ id, row }) => id === "w" && row === null);
  const { run } = await post<{ readonly run: string }>("/bulk", { action: "purge", ids: ["w"] });
  assert.equal((await next(messages, "bulk", ({ state }) => state !== "running")).run, run);
});

test("what activities say of how far they are comes to who looks at their instance, as its payloads may be shown", {
  timeout: 20_000,
}, async (t) => {
  let said = 0;
  const counting = activity("Counting", async (_: null, ctx) => {
    while (!ctx.signal.aborted) {
      said += 1;
      ctx.heartbeat({ said, password: "p" });
      await pause(20, undefined, { signal: ctx.signal }).catch(() => {});
    }
  });
  const counts = orchestrator("Counts", async (ctx) => ctx.callActivity(counting, null));
  const { ask, post } = await stage(t, { functions: [counting, counts], payloads: { redact: ["password"] } });
  await post("/instances", { name: "Counts", instanceId: "c" });
  const messages = messagesOf(await ask(`${API}/stream?watch=c`));
  const first = await next(messages, "progress");
  assert.deepEqual([first.id, first.eventId, first.activity, first.attempt, first.said.isCut], ["c", 0, "Counting", 1, false]);
  assert.match(first.said.text ?? "", /^\{"said":\d+,"password":"\*\*\*"\}$/);
  const began = performance.now();
  const second = await next(messages, "progress", ({ said: { text } }) => text !== first.said.text);
  assert.ok(performance.now() - began > 50, "coalesced");
  const others = messagesOf(await ask(`${API}/stream?watch=c`));
  assert.ok((await next(others, "progress")).at >= second.at, "who comes later is told what was said last");
  await post("/instances/c/terminate", {});
  await next(messages, "changed", ({ row }) => row?.status === "Terminated");
});

test("a page that opens asks for its counts at three places, and the store is asked once", { timeout: 20_000 }, async (t) => {
  const asked: string[] = [];
  const store = interceptStore(createMemoryStore({ now: () => Date.now() }), (method, call) => {
    asked.push(method);
    return call();
  });
  const { ask, get } = await stage(t, { store, startsWorker: false });
  await get("/counts");
  const oneLook = asked.filter((method) => method === "count").length;
  const [counts, { workers }] = await Promise.all([get<wire.Counts>("/counts"), get<wire.WorkerList>("/workers"), get("/queue")]);
  assert.deepEqual([counts.workers, workers], [0, []]);
  const messages = messagesOf(await ask(`${API}/stream`));
  await next(messages, "tick");
  assert.equal(asked.filter((method) => method === "count").length, oneLook);
  assert.equal(asked.filter((method) => method === "readBacklog").length, 1);
});

test("a stream ends at once when its server closes, and no later one begins while the hub does", { timeout: 20_000 }, async (t) => {
  const { handler, hub, refusal } = await stage(t);
  const server = await serveHttp({ handler, port: 0 });
  const messages = messagesOf(await fetch(`${server.url}${API}/stream`));
  await next(messages, "tick");
  const began = performance.now();
  const closed = server.close();
  await next(messages, "bye");
  assert.equal((await messages.next()).done, true);
  await closed;
  assert.ok(performance.now() - began < 2_000, "it does not wait for the stream");
  await hub.close();
  assert.deepEqual(await refusal("/stream"), [503, "HOST_STOPPING"]);
});

test("a hub that is closed ends the streams of its pages", { timeout: 20_000 }, async (t) => {
  const { ask, hub } = await stage(t);
  const messages = messagesOf(await ask(`${API}/stream`));
  await next(messages, "tick");
  await hub.close();
  await next(messages, "bye");
});

test("a page that does not read is kept no more than a few messages", async (t) => {
  const { ask, console: page } = await stage(t);
  const response = await ask(`${API}/stream`);
  const note = { kind: "broken", at: 1, message: "x".repeat(1_000), site: null } as const;
  for (let times = 0; times < 10_000; times += 1) page.tell(note);
  page.endStreams();
  let kept = 0;
  for await (const { type } of messagesOf(response)) kept += type === "dev" ? 1 : 0;
  assert.ok(kept > 0 && kept < 50, `${kept} of 10,000`);
});

test("a page watches so many and no more", async (t) => {
  const { refusal } = await stage(t);
  const watch = new URLSearchParams(Array.from({ length: 21 }, (_, at) => ["watch", `w${at}`]));
  assert.deepEqual(await refusal(`/stream?${watch}`), [400, "OPTION_INVALID"]);
});
