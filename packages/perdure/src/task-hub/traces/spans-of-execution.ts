import type { HistoryEvent } from "../../model/history.ts";
import type { EventId } from "../../model/ids.ts";
import type { SpanSink } from "../../telemetry/traces/span.ts";
import type { Asked, TracedExecution } from "./call-span.ts";
import { CallSpan } from "./call-span.ts";
import { ExecutionSpan } from "./execution-span.ts";
import type { FailureText } from "./failure-text.ts";

export interface ExecutionParts {
  readonly of: TracedExecution;
  /** Of its start: an edit of the history changes it for what follows. */
  readonly seed: string;
  /** ms since 1970. */
  readonly acceptedAt: number;
  readonly sink: SpanSink;
  readonly textOf: FailureText;
}

/** The spans of one execution, each when it is over. */
export class SpansOfExecution {
  readonly #of: TracedExecution;
  readonly #sink: SpanSink;
  readonly #textOf: FailureText;
  readonly #open = new Map<EventId, CallSpan>();
  /** By which calls are named that were asked for before their history was edited. */
  readonly #earlier: { readonly upTo: number; readonly seed: string }[] = [];
  #seed: string;
  #last = 0;
  #from: number;

  constructor({ of, seed, acceptedAt, sink, textOf }: ExecutionParts) {
    this.#of = of;
    this.#sink = sink;
    this.#textOf = textOf;
    this.#seed = seed;
    this.#from = acceptedAt;
  }

  /** What came before, and was told by another process. */
  remember(events: readonly HistoryEvent[]): void {
    for (const event of events) this.#take(event, false);
  }

  take(events: readonly HistoryEvent[]): void {
    for (const event of events) this.#take(event, true);
  }

  #take(event: HistoryEvent, isNew: boolean): void {
    switch (event.kind) {
      case "TaskScheduled":
      case "TimerCreated":
      case "EntityOperationCalled":
        this.#open.set(event.id, this.#asked(event));
        return;
      case "SubOrchestrationInstanceCreated":
        if (!event.fireAndForget) this.#open.set(event.id, this.#asked(event));
        else if (isNew) this.#sink(this.#asked(event));
        return;
      case "EventSent":
      case "EntityOperationSignaled":
        if (isNew) this.#sink(this.#asked(event));
        return;
      case "TaskCompleted":
      case "SubOrchestrationInstanceCompleted":
      case "EntityOperationCompleted":
        this.#answered(event.taskId, event.ts, null, isNew);
        return;
      case "TaskFailed":
      case "SubOrchestrationInstanceFailed":
      case "EntityOperationFailed":
        this.#answered(event.taskId, event.ts, this.#textOf(event.failure), isNew);
        return;
      case "TimerFired":
        this.#answered(event.timerId, event.ts, null, isNew);
        return;
      case "TimerCanceled":
        this.#open.delete(event.timerId);
        return;
      case "ExecutionStarted":
        if (this.#of.trace.generation > 0) this.#from = event.ts;
        return;
      case "ExecutionRewound":
      case "ExecutionForked":
        this.#earlier.push({ upTo: this.#last, seed: this.#seed });
        this.#seed = event.seed;
        this.#from = event.ts;
        return;
      case "ExecutionCompleted": {
        const { ts: to, status, failure } = event;
        const error = status === "Failed" ? (failure === undefined ? "it failed" : this.#textOf(failure)) : null;
        if (isNew) this.#sink(new ExecutionSpan(this.#of, { from: this.#from, to, status, error }));
        return;
      }
      default:
    }
  }

  #asked(event: Asked): CallSpan {
    this.#last = event.id;
    const isAttempt = event.kind === "TaskScheduled" && event.retry !== undefined;
    return new CallSpan(this.#of, this.#earlier.length === 0 ? this.#seed : this.#seedOf(isAttempt ? event.retry.of : event.id), event);
  }

  /** As the engine names the calls that it makes. */
  #seedOf(callId: number): string {
    return this.#earlier.find(({ upTo }) => callId <= upTo)?.seed ?? this.#seed;
  }

  #answered(id: EventId, at: number, error: string | null, isNew: boolean): void {
    const span = this.#open.get(id);
    if (span === undefined) return;
    this.#open.delete(id);
    if (!isNew) return;
    span.to = at;
    span.error = error;
    this.#sink(span);
  }
}
