import type { ExecutionStarted } from "../../model/history.ts";
import { traceOfInstance } from "../../model/trace.ts";
import type { SpanId, SpanLink } from "../../telemetry/traces/span.ts";
import type { TracePlace } from "../../telemetry/traces/trace-context.ts";
import { generationPlace, placeOf, spanIdOf } from "../../telemetry/traces/trace-context.ts";

/** Where the spans of one execution are: in which trace, and below what. */
export interface InstanceTrace {
  readonly place: TracePlace;
  /** Of the orchestration's own span. */
  readonly spanId: SpanId;
  readonly parentId: SpanId | null;
  readonly links: readonly SpanLink[];
  readonly executionId: string;
  /** What names its calls ({@link callSpanId}); of an edited history it is that of the execution from which it comes. */
  readonly seed: string;
  readonly generation: number;
}

export const createdSpanId = (executionId: string): SpanId => spanIdOf(executionId, "create");
const executionSpanId = (executionId: string, generation: number): SpanId => spanIdOf(executionId, generation, "orchestration");

/** Of a call, timer or event of an execution: by its event id. */
export const callSpanId = ({ seed, generation }: Pick<InstanceTrace, "seed" | "generation">, eventId: number): SpanId =>
  spanIdOf(seed, generation, "call", eventId);

/** Null: it is not traced, or was not sampled. */
export function instanceTrace(started: ExecutionStarted): InstanceTrace | null {
  const { executionId, generation, parent, tags, seed = executionId } = started;
  const own = placeOf(traceOfInstance({ parent, tags }));
  if (own === null || !own.isSampled) return null;
  const place = generationPlace(own, generation);
  const of = { executionId, generation, seed };
  const spanId = executionSpanId(executionId, generation);
  if (generation > 0) return { place, spanId, parentId: null, links: [{ traceId: own.traceId, spanId: own.spanId }], ...of };
  const isChild = parent !== null && parent.executionId !== undefined;
  const parentId = isChild
    ? callSpanId({ seed: parent.executionId ?? "", generation: parent.generation }, parent.taskId)
    : createdSpanId(executionId);
  return { place, spanId, parentId, links: [], ...of };
}
