import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, entity, orchestrator, TaskHub } from "perdure";
import type { SentSpan } from "../../src/telemetry/testing/otlp-receiver.ts";
import { otlpReceiver, treeOf } from "../../src/telemetry/testing/otlp-receiver.ts";

interface AppSpan {
  end(): void;
}

/** What the app uses of its SDK. Loaded by name: the types of other tests do not depend on these packages. */
interface Sdk {
  readonly trace: {
    getTracer(name: string): { startActiveSpan<R>(name: string, fn: (span: AppSpan) => R): R };
    setGlobalTracerProvider(provider: object): boolean;
  };
  readonly context: { setGlobalContextManager(manager: object): boolean };
  readonly AsyncLocalStorageContextManager: new () => { enable(): object };
  readonly OTLPTraceExporter: new (options: { readonly url: string }) => object;
  readonly BatchSpanProcessor: new (options: { readonly exporter: object }) => object;
  readonly TracerProvider: new (options: {
    readonly spanProcessors: readonly object[];
  }) => {
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
  };
}

const PACKAGES = ["api", "context-async-hooks", "exporter-trace-otlp-http", "sdk-trace"];
const loaded = await Promise.all(PACKAGES.map((name) => import(`@opentelemetry/${name}`)));
const { trace, context, AsyncLocalStorageContextManager, OTLPTraceExporter, BatchSpanProcessor, TracerProvider }: Sdk = Object.assign(
  {},
  ...loaded,
);

const tracer = () => trace.getTracer("app");
const work = (name: string) => tracer().startActiveSpan(name, (span) => span.end());
const pay = activity("Pay", async () => {
  work("charge the card");
  await Promise.resolve();
  work("print the receipt");
});
const fail = activity("Fail", () => {
  throw new TypeError("no such card");
});
const box = entity("Box", {
  initialState: () => 0,
  operations: {
    add: (ctx, by: number) => {
      work("count");
      ctx.state += by;
    },
  },
});
const order = orchestrator("Order", async (ctx) => {
  work("never seen: it would be again with each replay");
  await ctx.callActivity(pay);
  await ctx.entity(box, "a").call.add(1);
  await ctx.callActivity(fail).catch(() => {});
  work("nor this");
});

async function run(traces: object) {
  await using hub = await TaskHub.open("memory:", { functions: [order, pay, fail, box], traces, log: false });
  await hub.start();
  await tracer().startActiveSpan("request", async (span) => {
    await (await hub.client.startNew(order, { instanceId: "o-1" })).result();
    span.end();
  });
}

const TREE = [
  "request 1",
  "  create_orchestration:Order 4",
  "    orchestration:Order 2",
  "      activity:Fail 3 no such card",
  "        activity:Fail 2 no such card",
  "      activity:Pay 3",
  "        activity:Pay 2",
  "          charge the card 1",
  "          print the receipt 1",
  "      entity:box:add 3",
  "        entity:box:add 2",
  "          count 1",
];

test("with the app's own SDK all spans are one tree at its collector: below the active span, and what functions trace below their runs", async () => {
  using collector = await otlpReceiver();
  const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: collector.url }) });
  const provider = new TracerProvider({ spanProcessors: [processor] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  await run({ spans: processor });
  await provider.forceFlush();
  assert.deepEqual(treeOf(collector.spans), TREE);
  // What the exporter of OpenTelemetry makes of a span is what ours does.
  const own = collector.spans.filter(({ scope }) => scope === "perdure");
  using other = await otlpReceiver();
  await run({ url: other.url });
  await provider.forceFlush();
  const ours = other.spans.filter(({ scope }) => scope === "perdure");
  assert.deepEqual(shapes(ours), shapes(own));
  for (const { startTimeUnixNano, endTimeUnixNano } of [...ours, ...own]) {
    assert.match(startTimeUnixNano, /^1\d{18}$/);
    assert.ok(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano));
  }
  await provider.shutdown();
});

/** Without what differs from run to run; whole numbers may be numbers or strings (protobuf's JSON). */
const shapes = (spans: readonly SentSpan[]) =>
  spans
    .map(({ name, kind, status, attributes }) => ({
      ...{ name, kind, failed: status.code === 2 ? status.message : null },
      attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, key.endsWith("execution_id") ? "" : plain(value)])),
    }))
    .toSorted((a, b) => `${a.name} ${a.kind}`.localeCompare(`${b.name} ${b.kind}`));

const plain = (value: object) => ("intValue" in value ? String(value.intValue) : value);
