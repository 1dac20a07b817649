import type { EngineTaps, Recorded, TappedAttempt, TappedInstance, TappedResult } from "../../engine/taps.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { MessageKind } from "../../model/message.ts";
import type { Metrics } from "../../telemetry/metrics/metrics.ts";

/** Whose time on the way is measured. Of a call of an activity it is the time in line and that of the run, which attempts tell. */
const WAITED: ReadonlySet<MessageKind> = new Set(["event", "childCompleted", "childFailed", "entityCompleted", "entityFailed"]);

type Outcome = "completed" | "failed" | "timeout" | "aborted";

/** What the engine tells: of histories once they are durable, and never of a replay, and of attempts as they end. */
export class RecordedMetrics implements EngineTaps {
  readonly #metrics: Metrics;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  onAttempt({ request: { name }, cameAt, startedAt }: TappedAttempt, result: TappedResult, ranMs: number): void {
    const metrics = this.#metrics;
    metrics.add("perdure_activities_total", [name, outcomeOf(result)]);
    metrics.observe("perdure_activity_run_seconds", [name], ranMs / 1_000);
    if (cameAt !== null && startedAt !== null) metrics.observe("perdure_activity_line_seconds", [name], (startedAt - cameAt) / 1_000);
  }

  onRecorded(recorded: readonly Recorded[]): void {
    for (const { instance, events, at, taken = [], isCopy } of recorded) {
      if (instance.state.entity !== null || isCopy) continue;
      for (const event of events) this.#count(instance, event);
      for (const { message } of taken)
        if (WAITED.has(message.kind)) this.#metrics.observe("perdure_message_seconds", [], secondsTo(at, message.ts));
    }
  }

  #count(instance: TappedInstance, event: HistoryEvent): void {
    const { name } = instance.state;
    const metrics = this.#metrics;
    switch (event.kind) {
      case "OrchestratorStarted":
        metrics.add("perdure_episodes_total", [name]);
        return;
      case "ExecutionStarted":
        // Continue-as-new begins another execution of the same orchestration.
        if (event.generation === 0) metrics.add("perdure_instances_started_total", [name]);
        return;
      case "ExecutionCompleted":
        if (event.status === "ContinuedAsNew") return;
        metrics.add("perdure_instances_ended_total", [name, event.status]);
        metrics.observe("perdure_instance_duration_seconds", [name, event.status], secondsTo(event.ts, instance.createdAt));
        return;
      case "TaskScheduled":
        if (event.retry !== undefined) metrics.add("perdure_retries_total", [event.name]);
        return;
      case "TimerFired":
        metrics.observe("perdure_timer_late_seconds", [], secondsTo(event.ts, event.fireAt));
        return;
      default:
    }
  }
}

const secondsTo = (at: number, from: number): number => Math.max(0, at - from) / 1_000;

function outcomeOf(result: TappedResult): Outcome {
  if (result.kind === "completed" || result.kind === "aborted") return result.kind;
  return result.kind === "failed" && result.failure.errorType === "TimeoutError" ? "timeout" : "failed";
}
