import { wrapExecutor } from "../../executors/wrap-executor.ts";
import type { Action } from "../../model/action.ts";
import type { ActivityResult, EpisodeRequest, EpisodeResult, Executor } from "../../model/executor.ts";
import { FreshMap } from "../../model/fresh-map.ts";
import type { EventId, InstanceNo } from "../../model/ids.ts";
import type { TraceContext } from "../../model/trace.ts";
import { TRACE_TAG } from "../../model/trace.ts";
import type { InstanceTrace } from "../../telemetry/traces/instance-trace.ts";
import { startedIn, traceIn } from "../../telemetry/traces/instance-trace.ts";
import type { SpanSink } from "../../telemetry/traces/span.ts";
import { placeOf, traceparentOf } from "../../telemetry/traces/trace-context.ts";
import type { FailureText } from "./failure-text.ts";
import { OperationSpans } from "./operation-spans.ts";
import type { RunPlace } from "./run-span.ts";
import { ActivityRunSpan } from "./run-span.ts";

export interface TracedParts {
  readonly sink: SpanSink;
  /** Store time, ms since 1970. */
  readonly now: () => number;
  readonly worker: () => number | null;
  readonly textOf: FailureText;
}

/**
 * The same executor; runs of activities and operations are spans, and know their own, and what an orchestration calls is told where it stands. No async function
 * around a call: that is three promises, where one does.
 */
export function tracedExecutor(executor: Executor, { sink, now, worker, textOf }: TracedParts): Executor {
  const traces = new FreshMap<InstanceNo, InstanceTrace>();
  let runs = 0;
  const place = (): RunPlace => {
    runs += 1;
    return { worker: worker(), count: runs, at: now() };
  };
  return wrapExecutor(executor, {
    runEpisode: (request) => {
      learn(traces, request);
      const trace = traces.get(request.no);
      const answer = executor.runEpisode(request);
      return trace === undefined
        ? answer
        : answer.then((result) => {
            if (result.kind === "ran" && result.outcome !== null) traces.delete(request.no);
            return placed(result, trace);
          });
    },
    forget: (no) => {
      traces.delete(no);
      executor.forget(no);
    },
    runActivity: (request) => {
      const above = placeOf(request.trace);
      if (above === null || !above.isSampled) return executor.runActivity(request);
      const span = new ActivityRunSpan(request, above, place());
      const { traceId, spanId } = span;
      const trace = { traceparent: traceparentOf({ traceId, spanId, isSampled: true }) };
      return executor.runActivity({ ...request, trace }).then((result) => {
        const error = errorOf(result, textOf);
        if (error === undefined) return result;
        span.to = now();
        span.error = error;
        sink(span);
        return result;
      });
    },
    runEntityBatch: (request) => {
      const spans = OperationSpans.of(request, place, textOf);
      if (spans === null) return executor.runEntityBatch(request);
      return executor.runEntityBatch(spans.request).then((result) => (result.kind === "ran" ? spans.ended(result, now(), sink) : result));
    },
  });
}

/** Its beginning is among what an episode is given, at the first one and at each replay. */
function learn(traces: FreshMap<InstanceNo, InstanceTrace>, { no, history, fresh, generation, episode }: EpisodeRequest): void {
  if (history === null && episode > 0) return;
  const trace = startedIn(fresh) === undefined ? traceIn([...(history ?? []), ...fresh], generation) : traceIn(fresh, generation);
  if (trace == null || !trace.isSampled) traces.delete(no);
  else traces.set(no, trace);
}

/** Sub-orchestrations take the place from the tag that they inherit, unless their caller has a trace of its own. */
function placed(result: EpisodeResult, trace: InstanceTrace): EpisodeResult {
  if (result.kind !== "ran") return result;
  const { actions, outcome } = result;
  const ran = { ...result, actions: actions.map((action) => placedAction(action, trace)) };
  if (outcome?.kind !== "continuedAsNew" || outcome.tags === undefined || outcome.tags?.[TRACE_TAG] !== undefined) return ran;
  // Tags of its own are in place of those that it had: it would be in no trace any more.
  return { ...ran, outcome: { ...outcome, tags: { ...outcome.tags, [TRACE_TAG]: trace.above } } };
}

function placedAction(action: Action, trace: InstanceTrace): Action {
  switch (action.kind) {
    case "callSubOrchestrator":
      return trace.isOwn && action.trace === undefined ? { ...action, trace: placeOfCall(action, trace) } : action;
    case "callEntity":
    case "signalEntity":
      return action.trace === undefined ? { ...action, trace: placeOfCall(action, trace) } : action;
    case "startOrchestration":
      if (action.trace !== undefined) return action;
      return { ...action, tags: { ...action.tags, [TRACE_TAG]: placeOfCall(action, trace).traceparent } };
    default:
      return action;
  }
}

const placeOfCall = ({ id }: { readonly id: EventId }, trace: InstanceTrace): TraceContext => ({
  traceparent: trace.traceparent(trace.callId(id)),
});

/** Undefined: it has not run; null: nothing failed. */
function errorOf(result: ActivityResult, textOf: FailureText): string | null | undefined {
  if (result.kind === "completed") return null;
  if (result.kind === "failed") return textOf(result.failure);
  return result.kind === "aborted" ? `aborted: ${result.reason}` : undefined;
}
