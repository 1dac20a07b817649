import type { EngineTaps, Recorded, TappedInstance } from "../../engine/taps.ts";
import type { HistoryEvent, TaskCompleted, TaskFailed, TaskScheduled } from "../../model/history.ts";
import type { EventId } from "../../model/ids.ts";
import type { Metrics } from "../../telemetry/metrics/metrics.ts";

type Scheduled = Pick<TaskScheduled, "name" | "ts">;

/** What the histories say that this process has written: told once it is durable, and never by a replay. */
export class RecordedMetrics implements EngineTaps {
  readonly #metrics: Metrics;
  /** Calls whose record this process has written. Of an instance that came from the store their time in line is not known. */
  readonly #open = new WeakMap<TappedInstance, Map<EventId, Scheduled>>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  onRecorded(recorded: readonly Recorded[]): void {
    for (const { instance, events } of recorded) {
      if (instance.state.entity !== null) continue;
      let episodeAt: number | null = null;
      for (const event of events) if (event.kind === "OrchestratorStarted") episodeAt = event.ts;
      for (const event of events) this.#count(instance, event, episodeAt);
    }
  }

  #count(instance: TappedInstance, event: HistoryEvent, episodeAt: number | null): void {
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
        metrics.observe("perdure_instance_duration_seconds", [name, event.status], Math.max(0, event.ts - instance.createdAt) / 1_000);
        return;
      case "TaskScheduled":
        this.#scheduled(instance, event);
        return;
      case "TaskCompleted":
      case "TaskFailed":
        this.#ran(instance, event);
        return;
      case "TimerFired":
        metrics.observe("perdure_timer_late_seconds", [], Math.max(0, (episodeAt ?? event.ts) - event.fireAt) / 1_000);
        return;
      case "EventRaised":
        if (episodeAt !== null) metrics.observe("perdure_message_seconds", [], Math.max(0, episodeAt - event.ts) / 1_000);
        return;
      default:
    }
  }

  #scheduled(instance: TappedInstance, { id, name, ts, retry }: TaskScheduled): void {
    if (retry !== undefined) this.#metrics.add("perdure_retries_total", [name]);
    const open = this.#open.get(instance) ?? new Map<EventId, Scheduled>();
    this.#open.set(instance, open.set(id, { name, ts }));
  }

  #ran(instance: TappedInstance, { taskId, ts, ran }: TaskCompleted | TaskFailed): void {
    const open = this.#open.get(instance);
    const call = open?.get(taskId);
    if (call === undefined) return;
    open?.delete(taskId);
    if (ran !== undefined) this.#metrics.observe("perdure_activity_line_seconds", [call.name], Math.max(0, ts - ran - call.ts) / 1_000);
  }
}
