import { wrapExecutor } from "../../executors/wrap-executor.ts";
import type { Action } from "../../model/action.ts";
import type { ActivityRequest, ActivityResult, EpisodeRequest, Executor } from "../../model/executor.ts";
import type { ExecutionStarted, HistoryEvent } from "../../model/history.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { SpanSink } from "../../telemetry/traces/span.ts";
import { generationPlace, placeOf, spanIdOf, traceparentOf } from "../../telemetry/traces/trace-context.ts";
import type { InstanceTrace } from "./instance-trace.ts";
import { callSpanId, instanceTrace } from "./instance-trace.ts";

export interface TracedParts {
  readonly sink: SpanSink;
  /** Store time, ms since 1970. */
  readonly now: () => number;
  readonly worker: () => number | null;
}

/** The same executor; runs of activities are spans, and know their own, and what an orchestration of a trace of its own calls is told where it stands. */
export function tracedExecutor(executor: Executor, { sink, now, worker }: TracedParts): Executor {
  const traces = new Map<InstanceNo, InstanceTrace>();
  let runs = 0;
  return wrapExecutor(executor, {
    runEpisode: async (request) => {
      learn(traces, request);
      const result = await executor.runEpisode(request);
      const trace = traces.get(request.no);
      return trace === undefined || result.kind !== "ran"
        ? result
        : { ...result, actions: result.actions.map((action) => placed(action, trace)) };
    },
    forget: (no) => {
      traces.delete(no);
      executor.forget(no);
    },
    runActivity: async (request) => {
      const own = placeOf(request.trace);
      if (own === null || !own.isSampled) return executor.runActivity(request);
      const place = generationPlace(own, request.generation);
      const { seed, generation, eventId } = request;
      runs += 1;
      const spanId = spanIdOf(seed, generation, eventId, "run", worker() ?? 0, runs, now());
      const from = now();
      const result = await executor.runActivity({ ...request, trace: { traceparent: traceparentOf({ ...place, spanId }) } });
      const error = errorOf(result);
      if (error !== undefined) sink({ ...ranSpan(request, worker()), traceId: place.traceId, spanId, from, to: now(), error });
      return result;
    },
  });
}

/** Its beginning is among what an episode is given, at the first one and at each replay. Only what has a trace of its own is kept. */
function learn(traces: Map<InstanceNo, InstanceTrace>, { no, history, fresh }: EpisodeRequest): void {
  const started = startedIn(fresh) ?? startedIn(history ?? []);
  if (started === undefined) return;
  const trace = instanceTrace(started);
  if (trace !== null && (started.generation > 0 || started.parent?.trace !== undefined)) traces.set(no, trace);
  else traces.delete(no);
}

const startedIn = (events: readonly HistoryEvent[]): ExecutionStarted | undefined =>
  events.find((event): event is ExecutionStarted => event.kind === "ExecutionStarted");

/** Others take the place from the tag that they inherit. */
function placed(action: Action, trace: InstanceTrace): Action {
  if (action.kind !== "callSubOrchestrator" || action.trace !== undefined) return action;
  return { ...action, trace: { traceparent: traceparentOf({ ...trace.place, spanId: callSpanId(trace, action.id) }) } };
}

/** Undefined: it has not run; null: nothing failed. */
function errorOf(result: ActivityResult): string | null | undefined {
  if (result.kind === "completed") return null;
  if (result.kind === "failed") return result.failure.message;
  return result.kind === "aborted" ? `aborted: ${result.reason}` : undefined;
}

const ranSpan = ({ name, instanceId, eventId, attempt, seed, generation }: ActivityRequest, worker: number | null) =>
  ({
    parentId: callSpanId({ seed, generation }, eventId),
    name: `activity:${name}`,
    kind: "server",
    links: [],
    attributes: {
      "durabletask.type": "activity",
      "durabletask.task.name": name,
      "durabletask.task.instance_id": instanceId,
      "durabletask.task.task_id": eventId,
      "perdure.attempt": attempt,
      ...(worker === null ? {} : { "perdure.worker": worker }),
    },
  }) as const;
