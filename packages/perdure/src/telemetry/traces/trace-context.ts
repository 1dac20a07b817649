import type { TraceContext } from "../../model/trace.ts";
import { bitsOf } from "./hex.ts";
import type { SpanId, TraceId } from "./span.ts";
import { traceIdOf } from "./span-ids.ts";

/** A place in a trace, read from the header of the W3C. */
export interface TracePlace {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly isSampled: boolean;
}

/** Versions behind 00 may have more fields. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

const DASH = 45;

/** Null for what the standard tells to ignore. As all write it today it is read in 70 ns, where the expression takes 300: it is asked for with each activity. */
export function parseTraceparent(text: string): TracePlace | null {
  if (text.length !== 55 || !text.startsWith("00-") || text.charCodeAt(35) !== DASH || text.charCodeAt(52) !== DASH) return parseAny(text);
  if (bitsOf(text, 3, 35) <= 0 || bitsOf(text, 36, 52) <= 0 || bitsOf(text, 53, 55) < 0) return null;
  return { traceId: text.slice(3, 35), spanId: text.slice(36, 52), isSampled: (bitsOf(text, 54, 55) & SAMPLED) === SAMPLED };
}

function parseAny(text: string): TracePlace | null {
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(text.trim()) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  if (version === "00" && more !== undefined) return null;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

export const placeOf = (trace: TraceContext | null): TracePlace | null => (trace === null ? null : parseTraceparent(trace.traceparent));

export const traceparentOf = ({ traceId, spanId, isSampled }: TracePlace): string => `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;

/** Of log lines. */
export function traceFields(traceparent: string | null): { readonly traceId?: TraceId; readonly spanId?: SpanId } {
  const place = traceparent === null ? null : parseTraceparent(traceparent);
  return place === null ? {} : { traceId: place.traceId, spanId: place.spanId };
}

/** An orchestration that continues as new for ever begins a trace with each generation: a trace must end. */
export const traceIdIn = (traceId: TraceId, generation: number): TraceId => (generation === 0 ? traceId : traceIdOf(traceId, generation));
