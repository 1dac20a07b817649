import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { DurableClient } from "../../../src/index.ts";
import { activity, entity, http, onStart, orchestrator } from "../../../src/index.ts";

/** Keeps its whole thread from everything else. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

export const increment = activity("increment", (n: number) => n + 1);

/** Five activities in sequence. */
export const quick = orchestrator("quick", async (ctx) => {
  let sum = 0;
  for (let i = 0; i < 5; i++) sum = await ctx.callActivity(increment, sum);
  return sum;
});

/** What functions do to their thread. */
const faults: { readonly [fault: string]: (ms: number) => unknown } = {
  block: (ms) => block(ms),
  loop: (ms) => {
    for (const until = performance.now() + ms; performance.now() < until; );
  },
  "loop for ever": () => {
    for (;;);
  },
  exit: () => process.exit(7),
  abort: () => process.abort(),
  // As the system ends a native add-on that touches what is not its own.
  crash: () => void process.kill(process.pid, "SIGSEGV"),
  "throw outside": async () => {
    setTimeout(() => {
      throw new RangeError("thrown outside of any await");
    }, 1);
    await pause(60_000);
  },
  "reject unhandled": async () => {
    void Promise.reject(new RangeError("rejected, and not awaited"));
    await pause(60_000);
  },
  "eat memory": async () => {
    const eaten: unknown[] = [];
    for (;;) {
      eaten.push(new Array(100_000).fill(eaten.length).map(String));
      await pause(0);
    }
  },
};

export interface Fault {
  readonly fault: string;
  readonly ms?: number;
}

export const faulty = activity("faulty", async ({ fault, ms = 0 }: Fault) => {
  await faults[fault]?.(ms);
  return "survived";
});
export const plainlyFaulty = activity("plainly faulty", ({ fault, ms = 0 }: Fault) => void faults[fault]?.(ms));
export const limited = activity("limited", { timeout: "1s" }, () => faults["loop for ever"]?.(0));
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
export const isFaulty = orchestrator("is-faulty", async (ctx, { fault, ms = 0 }: Fault) => {
  await ctx.callActivity(increment, 0);
  faults[fault]?.(ms);
  return "survived";
});
export const fragile = entity("Fragile", {
  initialState: () => 0,
  operations: { fail: (_, fault: Fault) => void faults[fault.fault]?.(0) },
});
export const callsFragile = orchestrator("calls-fragile", (ctx, fault: Fault) => ctx.entity(fragile, "a").call.fail(fault));

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
  await faults[new URL(request.url).searchParams.get("is") ?? ""]?.(0);
  return new Response("survived");
});
