import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { DurableClient } from "../../../src/index.ts";
import { activity, entity, http, onStart, orchestrator } from "../../../src/index.ts";
import type { Fault } from "./faults.ts";
import { faults } from "./faults.ts";

export const increment = activity("increment", (n: number) => n + 1);

/** Five activities in sequence. */
export const quick = orchestrator("quick", async (ctx) => {
  let sum = 0;
  for (let i = 0; i < 5; i++) sum = await ctx.callActivity(increment, sum);
  return sum;
});

export const faulty = activity("faulty", async ({ fault, gate }: Fault) => {
  await faults[fault]?.(gate);
  return "survived";
});
export const plainlyFaulty = activity("plainly faulty", ({ fault, gate }: Fault) => void faults[fault]?.(gate));
export const limited = activity("limited", { timeout: "1s" }, () => faults["loop for ever"]?.());
export const slow = activity("slow", async (ms: number) => {
  await pause(ms);
  return ms;
});

export const callsFaulty = orchestrator("calls-faulty", (ctx, fault: Fault) => ctx.callActivity(faulty, fault));
export const callsPlainlyFaulty = orchestrator("calls-plainly-faulty", async (ctx, fault: Fault) => {
  await ctx.callActivity(plainlyFaulty, fault);
  return "survived";
});
export const callsLimited = orchestrator("calls-limited", async (ctx) => {
  await ctx.callActivity(limited);
});
export const callsSlow = orchestrator("calls-slow", (ctx, ms: number) => ctx.callActivity(slow, ms));
export const isFaulty = orchestrator("is-faulty", async (ctx, { fault, gate }: Fault) => {
  await ctx.callActivity(increment, 0);
  faults[fault]?.(gate);
  return "survived";
});
export const fragile = entity("Fragile", {
  initialState: () => 0,
  operations: { fail: (_, { fault, gate }: Fault) => void faults[fault]?.(gate), add: (ctx) => ++ctx.state },
});
export const callsFragile = orchestrator("calls-fragile", async (ctx, fault: Fault) => {
  await ctx.entity(fragile, fault.key ?? "a").call.fail(fault);
  return "survived";
});
export const adds = orchestrator("adds", (ctx, key: string) => ctx.entity(fragile, key).call.add());

let starts = 0;
let hub: DurableClient | undefined;
export const starting = onStart(({ client, runsWorker }) => {
  hub = client;
  if (runsWorker) starts += 1;
});
export const usesClient = orchestrator("uses-client", async () => void (await hub?.getStatus("any")));
export const pidOfApp = http("pid", { authLevel: "anonymous" }, () => Response.json({ pid: process.pid }));
export const startsSeen = http("starts", { authLevel: "anonymous" }, () => Response.json({ starts }));

export const startsQuick = http("start-quick", { authLevel: "anonymous" }, async (request, { client }) => {
  const run = await client.startNew(quick);
  return client.waitForCompletionOrCreateCheckStatusResponse(request, run.instanceId, { timeout: "20s" });
});
export const echo = http("echo", { methods: ["POST"], route: "echo/{name}", authLevel: "anonymous" }, async (request, { params }) => {
  const headers = { "content-type": "text/x-echo", "x-name": params.name ?? "" };
  return new Response(`${request.headers.get("x-say")}:${await request.text()}`, { status: 201, headers });
});
export const streams = http("streams", { authLevel: "anonymous" }, () => {
  let at = 0;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    await pause(5);
    controller.enqueue(new TextEncoder().encode(`${at},`));
    if (at++ === 3) controller.close();
  };
  return new Response(new ReadableStream({ pull }));
});
/** How many bytes have come, after each part. */
export const totals = http("totals", { methods: ["POST"], authLevel: "anonymous" }, (request) => {
  const reader = request.body?.getReader();
  let total = 0;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const part = await reader?.read();
    total += part?.value?.byteLength ?? 0;
    controller.enqueue(new TextEncoder().encode(part?.done === false ? `${total},` : "."));
    if (part?.done !== false) controller.close();
  };
  return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
});
export const hash = http("hash", { methods: ["POST"], authLevel: "anonymous" }, async (request) => {
  const sum = createHash("sha256");
  for await (const part of request.body ?? []) sum.update(part);
  return new Response(sum.digest("hex"));
});
export const notRead = http("not-read", { methods: ["POST"], authLevel: "anonymous" }, () => new Response("early", { status: 409 }));
export const dies = http("dies", { methods: ["POST"], authLevel: "anonymous" }, async (request) => {
  await request.body?.getReader().read();
  process.exit(7);
});
const gate = Promise.withResolvers<void>();
export const letGo = http("let-go", { methods: ["POST"], authLevel: "anonymous" }, () => {
  gate.resolve();
  return new Response("gone");
});
export const readsLater = http("reads-later", { methods: ["POST"], authLevel: "anonymous" }, async (request) => {
  await gate.promise;
  return Response.json((await request.arrayBuffer()).byteLength);
});
export const httpFault = http("fault", { authLevel: "anonymous" }, async (request) => {
  const { searchParams } = new URL(request.url);
  await faults[searchParams.get("is") ?? ""]?.(searchParams.get("gate") ?? undefined);
  return new Response("survived");
});
/** Notes that it ran. */
export const hello = http("hello", { authLevel: "anonymous" }, async (request) => {
  const { searchParams } = new URL(request.url);
  appendFileSync(searchParams.get("notes") ?? "", `${searchParams.get("id")}\n`);
  return new Response("hello");
});
