import type { StartTracing } from "../../client/start-tracing.ts";
import type { StartSpec } from "../../model/start.ts";
import type { TraceContext } from "../../model/trace.ts";
import { TRACE_TAG, traceOfTags } from "../../model/trace.ts";
import type { Sampler } from "../../telemetry/traces/sampler.ts";
import type { SpanSink } from "../../telemetry/traces/span.ts";
import { placeOf, traceIdOf, traceparentOf } from "../../telemetry/traces/trace-context.ts";
import { createdSpanId } from "./instance-trace.ts";
import { spanName } from "./span-name.ts";

/** Of a start without a caller's trace: the span that would be the caller's, which is not there. */
const NO_CALLER = "0000000000000001";

export interface TracedStartsParts {
  readonly sink: SpanSink;
  readonly sampler: Sampler;
  /** Store time, ms since 1970. */
  readonly now: () => number;
  /** The span that is active where the call is made; null: none, or the app has no OpenTelemetry. */
  readonly active: () => TraceContext | null;
}

/** Starts of this process: each is a span of its own, below the caller's. */
export function tracedStarts({ sink, sampler, now, active }: TracedStartsParts): StartTracing {
  return {
    marked(start, given) {
      const caller = placeOf(given) ?? placeOf(active());
      const traceId = caller?.traceId ?? traceIdOf(start.executionId);
      const place = { traceId, spanId: caller?.spanId ?? NO_CALLER, isSampled: sampler(traceId, caller) };
      return { ...start, tags: { ...start.tags, [TRACE_TAG]: traceparentOf(place) } };
    },
    started(start, from) {
      const place = placeOf(traceOfTags(start.tags));
      if (place === null || !place.isSampled) return;
      const { name, version, instanceId, executionId } = start;
      sink({
        traceId: place.traceId,
        spanId: createdSpanId(executionId),
        parentId: place.spanId === NO_CALLER ? null : place.spanId,
        name: spanName("create_orchestration", name, version),
        kind: "producer",
        from,
        to: now(),
        attributes: attributesOf({ name, version, instanceId, executionId }),
        error: null,
        links: [],
      });
    },
  };
}

const attributesOf = ({ name, version, instanceId, executionId }: Pick<StartSpec, "name" | "version" | "instanceId" | "executionId">) => ({
  "durabletask.type": "orchestration",
  "durabletask.task.name": name,
  "durabletask.task.instance_id": instanceId,
  "durabletask.task.execution_id": executionId,
  ...(version === null ? {} : { "durabletask.task.version": version }),
});
