import type { ClientTracing } from "../../client/client-tracing.ts";
import type { TraceContext } from "../../model/trace.ts";
import { TRACE_TAG } from "../../model/trace.ts";
import { createdSpanId } from "../../telemetry/traces/instance-trace.ts";
import type { Sampler } from "../../telemetry/traces/sampler.ts";
import type { SpanId, SpanSink } from "../../telemetry/traces/span.ts";
import { spanIdOf, traceIdOf } from "../../telemetry/traces/span-ids.ts";
import type { TracePlace } from "../../telemetry/traces/trace-context.ts";
import { placeOf, traceparentOf } from "../../telemetry/traces/trace-context.ts";
import type { Sent } from "./sent-span.ts";
import { SentSpan } from "./sent-span.ts";

export interface TracedClientParts {
  readonly sink: SpanSink;
  readonly sampler: Sampler;
  /** Store time, ms since 1970. */
  readonly now: () => number;
  /** The span that is active where the call is made; null: none, or the app has no OpenTelemetry. */
  readonly active: () => TraceContext | null;
}

/** What clients of this process start and send: each is a span of its own, below the caller's. */
export function tracedClient({ sink, sampler, now, active }: TracedClientParts): ClientTracing {
  /** `id`: of the call. By it a trace begins where there is no caller. */
  const placed = (id: string, spanId: SpanId, given: TraceContext | null): TracePlace & { readonly parentId: SpanId | null } => {
    const caller = placeOf(given) ?? placeOf(active());
    const traceId = caller?.traceId ?? traceIdOf(id);
    return { traceId, spanId, isSampled: sampler(traceId, caller), parentId: caller?.spanId ?? null };
  };
  const tell = (place: ReturnType<typeof placed>, from: number, sent: Sent): void => {
    if (place.isSampled) sink(new SentSpan(place, place.parentId, { from, to: now() }, sent));
  };
  return {
    start(untraced, given) {
      const { name, version, instanceId, executionId } = untraced;
      const place = placed(executionId, createdSpanId(executionId), given);
      const from = now();
      return {
        start: { ...untraced, tags: { ...untraced.tags, [TRACE_TAG]: traceparentOf(place) } },
        accepted: () => tell(place, from, { kind: "start", name, version, instanceId, executionId }),
      };
    },
    sent({ kind, name, instanceId, id }, given) {
      const place = placed(id, spanIdOf(id, "sent"), given);
      const from = now();
      return { trace: { traceparent: traceparentOf(place) }, accepted: () => tell(place, from, { kind, name, instanceId }) };
    },
  };
}
