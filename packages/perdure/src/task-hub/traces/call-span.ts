import { assertNever } from "../../model/assert-never.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceTrace } from "../../telemetry/traces/instance-trace.ts";
import type { Attributes, Span, SpanId, SpanKind, SpanLink, TraceId } from "../../telemetry/traces/span.ts";
import { keptText } from "../../telemetry/traces/span.ts";
import { callIdOf } from "../../telemetry/traces/span-ids.ts";
import { entityAttributes, entitySpanName, eventAttributes, spanName } from "./span-name.ts";

/** Whose call it is. */
export interface TracedExecution {
  readonly trace: InstanceTrace;
  readonly instanceId: string;
  readonly name: string;
  readonly version: string | null;
}

type Kind = "TaskScheduled" | "SubOrchestrationInstanceCreated" | "TimerCreated" | "EntityOperationCalled";
type AskedKind = Kind | "EventSent" | "EntityOperationSignaled";
export type Asked = Extract<HistoryEvent, { readonly kind: AskedKind }>;

const NO_LINKS: readonly SpanLink[] = [];

/**
 * What an orchestration has asked for, from the record of the question to that of the answer. Of the event it keeps what its span says: the payload is not its
 * own to keep until an exporter comes.
 */
export class CallSpan implements Span {
  readonly links = NO_LINKS;
  readonly from: number;
  to: number;
  error: string | null = null;
  readonly #of: TracedExecution;
  readonly #seed: string;
  readonly #asked: AskedKind;
  readonly #id: number;
  /** Of the function, event or operation; of a timer when it fires. */
  readonly #name: string | number;
  /** The id of an instance, or the version of a child. */
  readonly #more: string | null;
  readonly #isNotWaitedFor: boolean;

  constructor(of: TracedExecution, seed: string, event: Asked) {
    this.from = event.ts;
    this.to = event.ts;
    this.#of = of;
    this.#seed = seed;
    this.#asked = event.kind;
    this.#id = event.id;
    this.#name = nameIn(event);
    this.#more = moreOf(event);
    this.#isNotWaitedFor = event.kind === "SubOrchestrationInstanceCreated" && event.fireAndForget;
  }

  get traceId(): TraceId {
    return this.#of.trace.traceId;
  }

  get spanId(): SpanId {
    return callIdOf(this.#seed, this.#of.trace.generation, this.#id);
  }

  get parentId(): SpanId {
    return this.#of.trace.spanId;
  }

  get name(): string {
    const name = String(this.#name);
    switch (this.#asked) {
      case "TaskScheduled":
        return spanName("activity", name, null);
      case "SubOrchestrationInstanceCreated":
        return spanName(this.#isNotWaitedFor ? "create_orchestration" : "orchestration", name, this.#more);
      case "TimerCreated":
        return `${spanName("orchestration", this.#of.name, null)}:timer`;
      case "EventSent":
        return spanName("orchestration_event", name, null);
      case "EntityOperationCalled":
      case "EntityOperationSignaled":
        return entitySpanName(this.#more ?? "", name);
      default:
        return assertNever(this.#asked);
    }
  }

  get kind(): SpanKind {
    switch (this.#asked) {
      case "TimerCreated":
        return "internal";
      case "EventSent":
      case "EntityOperationSignaled":
        return "producer";
      default:
        return this.#isNotWaitedFor ? "producer" : "client";
    }
  }

  get attributes(): Attributes {
    return { ...this.#own(), "durabletask.task.instance_id": this.#of.instanceId };
  }

  #own(): Attributes {
    const name = this.#name;
    switch (this.#asked) {
      case "TaskScheduled":
        return { "durabletask.type": "activity", "durabletask.task.name": name, "durabletask.task.task_id": this.#id };
      case "SubOrchestrationInstanceCreated":
        return { "durabletask.type": "orchestration", "durabletask.task.name": name, "durabletask.task.task_id": this.#id };
      case "TimerCreated":
        return { "durabletask.type": "timer", "durabletask.fire_at": new Date(name).toISOString(), "durabletask.task.task_id": this.#id };
      case "EventSent":
        return eventAttributes(this.#more ?? "", String(name));
      case "EntityOperationCalled":
      case "EntityOperationSignaled":
        return entityAttributes(this.#more ?? "", String(name));
      default:
        return assertNever(this.#asked);
    }
  }
}

function nameIn(event: Asked): string | number {
  if (event.kind === "TimerCreated") return event.fireAt;
  return keptText(event.kind === "EntityOperationCalled" || event.kind === "EntityOperationSignaled" ? event.operation : event.name);
}

function moreOf(event: Asked): string | null {
  if (event.kind === "TaskScheduled" || event.kind === "TimerCreated") return null;
  return event.kind === "SubOrchestrationInstanceCreated" ? event.version : event.instanceId;
}
