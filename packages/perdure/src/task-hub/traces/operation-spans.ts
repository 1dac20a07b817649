import type { EntityAction, EntityBatchRan, EntityBatchRequest } from "../../model/entity-batch.ts";
import { TRACE_TAG } from "../../model/trace.ts";
import type { Span, SpanId, SpanSink } from "../../telemetry/traces/span.ts";
import { spanIdOf } from "../../telemetry/traces/span-ids.ts";
import type { TracePlace } from "../../telemetry/traces/trace-context.ts";
import { placeOf, traceparentOf } from "../../telemetry/traces/trace-context.ts";
import type { FailureText } from "./failure-text.ts";
import type { RunPlace } from "./run-span.ts";
import type { Sent } from "./sent-span.ts";
import { SentSpan } from "./sent-span.ts";
import { entityAttributes, entitySpanName } from "./span-name.ts";

/** The runs of operations in one batch: those whose callers are traced. What they send is below them. */
export class OperationSpans {
  readonly #request: EntityBatchRequest;
  readonly #place: RunPlace;
  /** Where each operation stands, by its place in the batch. */
  readonly #runs: readonly (TracePlace | null)[];
  readonly #callers: readonly (TracePlace | null)[];
  readonly #textOf: FailureText;

  private constructor(request: EntityBatchRequest, callers: readonly (TracePlace | null)[], place: RunPlace, textOf: FailureText) {
    this.#request = request;
    this.#textOf = textOf;
    this.#place = place;
    this.#callers = callers;
    this.#runs = callers.map((caller, by) => (caller === null ? null : { ...caller, spanId: idOf(caller, by, place) }));
  }

  /** Null: none of them is traced. */
  static of(request: EntityBatchRequest, place: () => RunPlace, textOf: FailureText): OperationSpans | null {
    if (request.operations.every(({ trace }) => trace === undefined)) return null;
    const callers = request.operations.map(({ trace }) => {
      const caller = placeOf(trace ?? null);
      return caller?.isSampled === true ? caller : null;
    });
    return new OperationSpans(request, callers, place(), textOf);
  }

  /** Operations are told where they stand, not who has called them. */
  get request(): EntityBatchRequest {
    const operations = this.#request.operations.map((operation, by) => {
      const run = this.#runs[by] ?? null;
      return run === null ? operation : { ...operation, trace: { traceparent: traceparentOf(run) } };
    });
    return { ...this.#request, operations };
  }

  ended(ran: EntityBatchRan, to: number, sink: SpanSink): EntityBatchRan {
    for (const [by, result] of ran.results.entries()) {
      const span = this.#span(by, to, result.times ?? null, result.kind === "failed" ? this.#textOf(result.failure) : null);
      if (span !== null) sink(span);
    }
    return { ...ran, actions: ran.actions.map((action, index) => this.#placed(action, index, to, sink)) };
  }

  #span(by: number, to: number, times: { readonly after: number; readonly ran: number } | null, error: string | null): Span | null {
    const [caller, run, asked] = [this.#callers[by], this.#runs[by], this.#request.operations[by]];
    if (caller == null || run == null || asked === undefined) return null;
    const { instanceId } = this.#request;
    const { at, worker } = this.#place;
    const attributes = entityAttributes(instanceId, asked.operation);
    const from = times === null ? at : at + times.after;
    return {
      traceId: run.traceId,
      spanId: run.spanId,
      parentId: caller.spanId,
      name: entitySpanName(instanceId, asked.operation),
      kind: asked.isSignal ? "consumer" : "server",
      from,
      to: times === null ? to : from + times.ran,
      attributes: worker === null ? attributes : { ...attributes, "perdure.worker": worker },
      error,
      links: [],
    };
  }

  /** What an operation sends begins below it. */
  #placed(action: EntityAction, index: number, at: number, sink: SpanSink): EntityAction {
    const run = this.#runs[action.by] ?? null;
    if (run === null) return action;
    const place = { ...run, spanId: spanIdOf(run.spanId, "sent", index) };
    const traceparent = traceparentOf(place);
    sink(new SentSpan(place, run.spanId, { from: at, to: at }, sentBy(action)));
    if (action.kind === "signalEntity") return { ...action, trace: { traceparent } };
    return { ...action, tags: { ...action.tags, [TRACE_TAG]: traceparent } };
  }
}

const idOf = (caller: TracePlace, by: number, { worker, count, at }: RunPlace): SpanId =>
  spanIdOf(caller.spanId, "run", by, worker ?? 0, count, at);

function sentBy(action: EntityAction): Sent {
  const { instanceId } = action;
  if (action.kind === "signalEntity") return { kind: "signal", name: action.operation, instanceId };
  return { kind: "start", name: action.name, version: action.version, instanceId, executionId: null };
}
