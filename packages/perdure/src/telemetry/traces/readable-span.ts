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
    const readable = new ReadableSpan(span, of, scope) as never;
    if ("onEnd" in spans) spans.onEnd(readable);
    else spans.export([readable], () => {});
  };
}

const NONE: readonly never[] = [];
const OK = { code: 0 };

/**
 * What most of its readers never ask for is not made: a processor keeps it until it exports, or drops it. By accessors of a class, and the span in a property that
 * anything may read: processors wrap what they are given.
 */
class ReadableSpan {
  readonly span: Span;
  readonly resource: object;
  readonly instrumentationScope: object;

  constructor(span: Span, resource: object, scope: object) {
    this.span = span;
    this.resource = resource;
    this.instrumentationScope = scope;
  }

  get name(): string {
    return this.span.name;
  }

  /** The SDK counts from 0. */
  get kind(): number {
    return SPAN_KINDS[this.span.kind] - 1;
  }

  spanContext(): object {
    return contextOf(this.span.traceId, this.span.spanId);
  }

  get parentSpanContext(): object | undefined {
    const { traceId, parentId } = this.span;
    return parentId === null ? undefined : contextOf(traceId, parentId);
  }

  get instrumentationLibrary(): object {
    return this.instrumentationScope;
  }

  /** As 1.x had it. */
  get parentSpanId(): string | undefined {
    return this.span.parentId ?? undefined;
  }

  get startTime(): HrTime {
    return hrTime(this.span.from);
  }

  get endTime(): HrTime {
    return hrTime(Math.max(this.span.from, this.span.to));
  }

  get duration(): HrTime {
    return hrTime(Math.max(0, this.span.to - this.span.from));
  }

  get status(): object {
    const { error } = this.span;
    return error === null ? OK : { code: 2, message: error };
  }

  get attributes(): Attributes {
    return this.span.attributes;
  }

  get links(): readonly object[] {
    return this.span.links.map(({ traceId, spanId }) => ({ context: contextOf(traceId, spanId) }));
  }

  get events(): readonly never[] {
    return NONE;
  }

  get ended(): boolean {
    return true;
  }

  get droppedAttributesCount(): number {
    return 0;
  }

  get droppedEventsCount(): number {
    return 0;
  }

  get droppedLinksCount(): number {
    return 0;
  }
}

const SAMPLED = 1;
const contextOf = (traceId: string, spanId: string) => ({ traceId, spanId, traceFlags: SAMPLED, isRemote: true });

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)];
