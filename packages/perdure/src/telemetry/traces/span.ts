/** As OTLP numbers them. */
export const SPAN_KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;
export type SpanKind = keyof typeof SPAN_KINDS;

export type Attributes = { readonly [name: string]: string | number | boolean };

/** 32 hex digits. */
export type TraceId = string;
/** 16 hex digits. */
export type SpanId = string;

export interface SpanLink {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
}

/**
 * One thing that has happened, whole. Times are ms since 1970, of the store. Spans are made in the way of the work that they tell of and are read later, or never
 * if too many wait: so they keep what they were made of, and what can be computed from it is computed when it is read.
 */
export interface Span extends SpanLink {
  /** Null: it begins its trace. */
  readonly parentId: SpanId | null;
  readonly name: string;
  readonly kind: SpanKind;
  readonly from: number;
  readonly to: number;
  readonly attributes: Attributes;
  /** What failed; null: nothing did. */
  readonly error: string | null;
  readonly links: readonly SpanLink[];
}

export type SpanSink = (span: Span) => void;

/** UTF-16 units. Messages of errors and names of events have no limit, and spans wait in memory until they are sent. */
const LONGEST_TEXT = 4_096;

/** As much of it as a span keeps. */
export const keptText = (text: string): string => (text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT).toWellFormed()}…`);
