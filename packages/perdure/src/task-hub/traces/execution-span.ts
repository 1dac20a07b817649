import type { Attributes, Span, SpanId, SpanLink, TraceId } from "../../telemetry/traces/span.ts";
import type { TracedExecution } from "./call-span.ts";
import { spanName } from "./span-name.ts";

export interface ExecutionEnd {
  readonly from: number;
  readonly to: number;
  readonly status: string;
  /** Null: it has not failed. */
  readonly error: string | null;
}

/** An execution, from its acceptance to the record of its end. */
export class ExecutionSpan implements Span {
  readonly kind = "server";
  readonly from: number;
  readonly to: number;
  readonly error: string | null;
  readonly #of: TracedExecution;
  readonly #status: string;

  constructor(of: TracedExecution, { from, to, status, error }: ExecutionEnd) {
    this.from = from;
    this.to = to;
    this.error = error;
    this.#of = of;
    this.#status = status;
  }

  get traceId(): TraceId {
    return this.#of.trace.traceId;
  }

  get spanId(): SpanId {
    return this.#of.trace.spanId;
  }

  get parentId(): SpanId | null {
    return this.#of.trace.parentId;
  }

  get links(): readonly SpanLink[] {
    return this.#of.trace.links;
  }

  get name(): string {
    return spanName("orchestration", this.#of.name, this.#of.version);
  }

  get attributes(): Attributes {
    const { trace, ...of } = this.#of;
    return { ...orchestrationAttributes({ ...of, executionId: trace.executionId }), "durabletask.task.status": this.#status };
  }
}

/** Of its start and of its run. */
export const orchestrationAttributes = (of: {
  readonly name: string;
  readonly version: string | null;
  readonly instanceId: string;
  readonly executionId: string | null;
}): Attributes => ({
  "durabletask.type": "orchestration",
  "durabletask.task.name": of.name,
  "durabletask.task.instance_id": of.instanceId,
  ...(of.executionId === null ? {} : { "durabletask.task.execution_id": of.executionId }),
  ...(of.version === null ? {} : { "durabletask.task.version": of.version }),
});
