import { hash } from "node:crypto";
import type { TraceContext } from "../../model/trace.ts";
import type { SpanId, TraceId } from "./span.ts";

/** A place in a trace, read from the header of the W3C. */
export interface TracePlace {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly isSampled: boolean;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const SAMPLED = 1;

/** Null for what the standard tells to ignore. */
export function parseTraceparent(text: string): TracePlace | null {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text.trim()) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

export const placeOf = (trace: TraceContext | null): TracePlace | null => (trace === null ? null : parseTraceparent(trace.traceparent));

export const traceparentOf = ({ traceId, spanId, isSampled }: TracePlace): string => `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;

/**
 * Ids are computed and not drawn: other workers, restarts and repeats come to the same, and a parent is known before it is exported.
 * 0.75 µs each.
 */
export const spanIdOf = (...parts: readonly (string | number)[]): SpanId => hash("sha1", parts.join("/"), "hex").slice(0, 16);
export const traceIdOf = (...parts: readonly (string | number)[]): TraceId => hash("sha1", parts.join("/"), "hex").slice(0, 32);

/** An orchestration that continues as new for ever begins a trace with each generation: a trace must end. */
export const generationPlace = (place: TracePlace, generation: number): TracePlace =>
  generation === 0 ? place : { ...place, traceId: traceIdOf(place.traceId, generation) };
