import type { ActivityRequest } from "../../model/executor.ts";
import type { Attributes, Span, SpanId, SpanLink, TraceId } from "../../telemetry/traces/span.ts";
import { callIdOf, spanIdOf } from "../../telemetry/traces/span-ids.ts";
import type { TracePlace } from "../../telemetry/traces/trace-context.ts";
import { traceIdIn } from "../../telemetry/traces/trace-context.ts";
import { spanName } from "./span-name.ts";

/** Where and when: a run that is repeated is another one. */
export interface RunPlace {
  readonly worker: number | null;
  /** Rises with each run in this process. */
  readonly count: number;
  readonly at: number;
}

const NO_LINKS: readonly SpanLink[] = [];

/** One run of an activity, made as it begins. */
export class ActivityRunSpan implements Span {
  readonly kind = "server";
  readonly links = NO_LINKS;
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly from: number;
  to: number;
  error: string | null = null;
  readonly #worker: number | null;
  readonly #function: string;
  readonly #instanceId: string;
  readonly #seed: string;
  readonly #generation: number;
  readonly #eventId: number;
  readonly #attempt: number;

  constructor({ name, instanceId, seed, generation, eventId, attempt }: ActivityRequest, above: TracePlace, place: RunPlace) {
    this.traceId = traceIdIn(above.traceId, generation);
    this.spanId = spanIdOf(seed, generation, eventId, place.worker ?? 0, place.count, place.at);
    this.from = place.at;
    this.to = place.at;
    this.#worker = place.worker;
    this.#function = name;
    this.#instanceId = instanceId;
    this.#seed = seed;
    this.#generation = generation;
    this.#eventId = eventId;
    this.#attempt = attempt;
  }

  get parentId(): SpanId {
    return callIdOf(this.#seed, this.#generation, this.#eventId);
  }

  get name(): string {
    return spanName("activity", this.#function, null);
  }

  get attributes(): Attributes {
    const attributes = {
      "durabletask.type": "activity",
      "durabletask.task.name": this.#function,
      "durabletask.task.instance_id": this.#instanceId,
      "durabletask.task.task_id": this.#eventId,
      "perdure.attempt": this.#attempt,
    };
    return this.#worker === null ? attributes : { ...attributes, "perdure.worker": this.#worker };
  }
}
