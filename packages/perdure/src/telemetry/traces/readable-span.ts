import type { Attributes, Span } from "./span.ts";
import { SPAN_KINDS } from "./span.ts";

/** Where spans of an app's own OpenTelemetry go: its `BatchSpanProcessor`, or an exporter. */
export type SpanTarget = { onEnd(span: never): void } | { export(spans: never[], done: (result: { readonly code: number }) => void): void };

export interface ReadableOptions {
  readonly spans: SpanTarget;
  readonly resource: Attributes;
  readonly version: string;
}

type HrTime = readonly [seconds: number, nanoseconds: number];

/** Spans in the shape of `ReadableSpan` of @opentelemetry/sdk-trace-base, of 2.0 and later: a value is enough, so the SDK is not a dependency. */
export function readableSpan({ spans, resource, version }: ReadableOptions): (span: Span) => void {
  // One object for all: exporters group spans by its identity.
  const of = { attributes: resource, asyncAttributesPending: false, merge: () => of };
  const scope = { name: "perdure", version };
  return (span) => {
    const readable = { ...shapeOf(span), resource: of, instrumentationScope: scope, instrumentationLibrary: scope } as never;
    if ("onEnd" in spans) spans.onEnd(readable);
    else spans.export([readable], () => {});
  };
}

function shapeOf(span: Span) {
  const context = contextOf(span.traceId, span.spanId);
  const parent = span.parentId === null ? undefined : contextOf(span.traceId, span.parentId);
  return {
    name: span.name,
    // The SDK counts from 0.
    kind: SPAN_KINDS[span.kind] - 1,
    spanContext: () => context,
    parentSpanContext: parent,
    parentSpanId: parent?.spanId,
    startTime: hrTime(span.from),
    endTime: hrTime(Math.max(span.from, span.to)),
    duration: hrTime(Math.max(0, span.to - span.from)),
    status: span.error === null ? { code: 0 } : { code: 2, message: span.error },
    attributes: span.attributes,
    links: span.links.map(({ traceId, spanId }) => ({ context: contextOf(traceId, spanId) })),
    events: [],
    ended: true,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const SAMPLED = 1;
const contextOf = (traceId: string, spanId: string) => ({ traceId, spanId, traceFlags: SAMPLED, isRemote: true });

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)];
