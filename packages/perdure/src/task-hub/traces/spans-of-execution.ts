import type { TappedInstance } from "../../engine/taps.ts";
import { assertNever } from "../../model/assert-never.ts";
import type {
  EntityOperationCalled,
  HistoryEvent,
  SubOrchestrationInstanceCreated,
  TaskScheduled,
  TimerCreated,
} from "../../model/history.ts";
import type { EventId } from "../../model/ids.ts";
import type { Attributes, Span, SpanKind, SpanSink } from "../../telemetry/traces/span.ts";
import type { InstanceTrace } from "./instance-trace.ts";
import { callSpanId } from "./instance-trace.ts";
import { spanName } from "./span-name.ts";

type Opened = TaskScheduled | SubOrchestrationInstanceCreated | TimerCreated | EntityOperationCalled;

interface Own {
  readonly id: EventId | null;
  readonly name: string;
  readonly kind: SpanKind;
  readonly from: number;
  readonly to: number;
  readonly error?: string;
  readonly attributes: Attributes;
}

/** The spans of one execution, each when it is over. */
export class SpansOfExecution {
  readonly #instance: TappedInstance;
  readonly #trace: InstanceTrace;
  readonly #sink: SpanSink;
  readonly #open = new Map<EventId, Opened>();
  #startedAt: number | null = null;

  constructor(instance: TappedInstance, trace: InstanceTrace, sink: SpanSink) {
    this.#instance = instance;
    this.#trace = trace;
    this.#sink = sink;
  }

  /** What came before, and was told by another process. */
  remember(events: readonly HistoryEvent[]): void {
    for (const event of events) {
      this.#opened(event);
      if ("taskId" in event) this.#open.delete(event.taskId);
      if ("timerId" in event) this.#open.delete(event.timerId);
      if (event.kind === "ExecutionStarted") this.#startedAt = event.ts;
    }
  }

  take(events: readonly HistoryEvent[]): void {
    for (const event of events) {
      this.#opened(event);
      this.#take(event);
    }
  }

  #opened(event: HistoryEvent): void {
    switch (event.kind) {
      case "TaskScheduled":
      case "SubOrchestrationInstanceCreated":
      case "TimerCreated":
      case "EntityOperationCalled":
        this.#open.set(event.id, event);
        return;
      default:
    }
  }

  #take(event: HistoryEvent): void {
    switch (event.kind) {
      case "ExecutionStarted":
        this.#startedAt = event.ts;
        return;
      case "ExecutionCompleted":
        this.#ended(event.ts, event.status, event.failure?.message ?? null);
        return;
      case "TaskCompleted":
      case "SubOrchestrationInstanceCompleted":
      case "EntityOperationCompleted":
        this.#closed(event.taskId, event.ts, null);
        return;
      case "TaskFailed":
      case "SubOrchestrationInstanceFailed":
      case "EntityOperationFailed":
        this.#closed(event.taskId, event.ts, event.failure.message);
        return;
      case "TimerFired":
        this.#closed(event.timerId, event.ts, null);
        return;
      case "EventSent":
        this.#sent(`orchestration_event:${event.name}`, event.id, event.ts, {
          "durabletask.type": "event",
          "durabletask.task.name": event.name,
          "durabletask.event.target_instance_id": event.instanceId,
        });
        return;
      case "EntityOperationSignaled":
        this.#sent(entityName(event), event.id, event.ts, entityAttributes(event));
        return;
      default:
    }
  }

  #ended(at: number, status: string, failure: string | null): void {
    const { state, createdAt } = this.#instance;
    const trace = this.#trace;
    const from = trace.generation === 0 ? createdAt : (this.#startedAt ?? at);
    this.#sink({
      ...this.#span({
        id: null,
        name: spanName("orchestration", state.name, state.version),
        kind: "server",
        from,
        to: at,
        ...(status === "Failed" ? { error: failure ?? "it failed" } : {}),
        attributes: { ...this.#ofInstance(), "durabletask.type": "orchestration", "durabletask.task.status": status },
      }),
      spanId: trace.spanId,
      parentId: trace.parentId,
      links: trace.links,
    });
  }

  #closed(id: EventId, at: number, error: string | null): void {
    const opened = this.#open.get(id);
    if (opened === undefined) return;
    this.#open.delete(id);
    this.#sink(this.#span({ ...describe(opened, this.#instance), id, from: opened.ts, to: at, ...(error === null ? {} : { error }) }));
  }

  #sent(name: string, id: EventId, at: number, attributes: Attributes): void {
    this.#sink(this.#span({ id, name, kind: "producer", from: at, to: at, attributes }));
  }

  #span({ id, name, kind, from, to, error, attributes }: Own): Span {
    const { place, spanId } = this.#trace;
    return {
      traceId: place.traceId,
      spanId: id === null ? spanId : callSpanId(this.#trace, id),
      parentId: spanId,
      name,
      kind,
      from,
      to,
      error: error ?? null,
      attributes: { ...attributes, "durabletask.task.instance_id": this.#instance.state.instanceId },
      links: [],
    };
  }

  #ofInstance(): Attributes {
    const { name, version } = this.#instance.state;
    const of = { "durabletask.task.name": name, "durabletask.task.execution_id": this.#trace.executionId };
    return version === null ? of : { ...of, "durabletask.task.version": version };
  }
}

function describe(opened: Opened, { state }: TappedInstance): Pick<Own, "name" | "kind" | "attributes"> {
  switch (opened.kind) {
    case "TaskScheduled":
      return {
        name: spanName("activity", opened.name, null),
        kind: "client",
        attributes: { "durabletask.type": "activity", "durabletask.task.name": opened.name, "durabletask.task.task_id": opened.id },
      };
    case "SubOrchestrationInstanceCreated":
      return {
        name: spanName("orchestration", opened.name, opened.version),
        kind: "client",
        attributes: { "durabletask.type": "orchestration", "durabletask.task.name": opened.name, "durabletask.task.task_id": opened.id },
      };
    case "TimerCreated":
      return {
        name: `${spanName("orchestration", state.name, null)}:timer`,
        kind: "internal",
        attributes: {
          "durabletask.type": "timer",
          "durabletask.fire_at": new Date(opened.fireAt).toISOString(),
          "durabletask.task.task_id": opened.id,
        },
      };
    case "EntityOperationCalled":
      return { name: entityName(opened), kind: "client", attributes: entityAttributes(opened) };
    default:
      return assertNever(opened);
  }
}

interface OfEntity {
  readonly instanceId: string;
  readonly operation: string;
}

/** `@name@key`. */
const entityName = ({ instanceId, operation }: OfEntity): string => `entity:${instanceId.split("@")[1] ?? instanceId}:${operation}`;

const entityAttributes = ({ instanceId, operation }: OfEntity): Attributes => ({
  "durabletask.type": "entity",
  "durabletask.task.operation": operation,
  "durabletask.event.target_instance_id": instanceId,
});
