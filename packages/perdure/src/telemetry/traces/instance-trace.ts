import type { EditMark } from "../../model/edit-mark.ts";
import { isEditMark } from "../../model/edit-mark.ts";
import type { ExecutionStarted, HistoryEvent, ParentRef } from "../../model/history.ts";
import { traceOfInstance } from "../../model/trace.ts";
import type { SpanId, SpanLink, TraceId } from "./span.ts";
import { callIdOf, spanIdOf } from "./span-ids.ts";
import type { TracePlace } from "./trace-context.ts";
import { placeOf, traceIdIn, traceparentOf } from "./trace-context.ts";

type Started = Pick<ExecutionStarted, "executionId" | "parent" | "tags" | "seed">;

interface OfExecution {
  readonly executionId: string;
  readonly generation: number;
  readonly parent: ParentRef | null;
  readonly seed: string;
}

const NO_LINKS: readonly SpanLink[] = [];

/** Of a start by a client; it is in the tag of the instance. */
export const createdSpanId = (executionId: string): SpanId => spanIdOf(executionId, "create");

/** Where the spans of one execution are: in which trace, and below what. */
export class InstanceTrace {
  readonly traceId: TraceId;
  readonly isSampled: boolean;
  readonly executionId: string;
  readonly generation: number;
  /** What names its calls. */
  readonly seed: string;
  /** What it calls cannot tell from its tags where it stands. */
  readonly isOwn: boolean;
  readonly #above: TracePlace;
  readonly #parent: ParentRef | null;
  #spanId: SpanId | null = null;

  constructor(above: TracePlace, { executionId, generation, parent, seed }: OfExecution, isEdited: boolean) {
    this.traceId = traceIdIn(above.traceId, generation);
    this.isSampled = above.isSampled;
    this.executionId = executionId;
    this.generation = generation;
    this.seed = seed;
    this.isOwn = generation > 0 || isEdited || parent?.trace !== undefined;
    this.#above = above;
    this.#parent = parent;
  }

  /** Of the orchestration's own span. */
  get spanId(): SpanId {
    this.#spanId ??= spanIdOf(this.executionId, this.generation, "orchestration");
    return this.#spanId;
  }

  /** Null: it begins a trace. */
  get parentId(): SpanId | null {
    if (this.generation > 0) return null;
    const parent = this.#parent;
    if (parent?.executionId === undefined || parent.trace !== undefined) return this.#above.spanId;
    return callIdOf(parent.executionId, parent.generation, parent.taskId);
  }

  get links(): readonly SpanLink[] {
    if (this.generation === 0) return NO_LINKS;
    const { traceId, spanId } = this.#above;
    return [{ traceId, spanId }];
  }

  /** Of its tag: what its next execution has too. */
  get above(): string {
    return traceparentOf(this.#above);
  }

  /** Of a call, timer or event of the execution, by its event id. */
  callId(eventId: number): SpanId {
    return callIdOf(this.seed, this.generation, eventId);
  }

  /** Where the orchestration itself stands, or one of its calls. */
  traceparent(spanId = this.spanId): string {
    const { traceId, isSampled } = this;
    return traceparentOf({ traceId, spanId, isSampled });
  }
}

/** `edit`: the last one that its history has had; what was recorded before it is a copy, of its beginning too. Null: it is not traced. */
export function instanceTrace(started: Started, generation: number, edit: EditMark | null = null): InstanceTrace | null {
  const { tags, parent, seed = started.executionId } = started;
  const above = placeOf(traceOfInstance({ tags, parent }));
  if (above === null) return null;
  if (edit === null) return new InstanceTrace(above, { executionId: started.executionId, generation, parent, seed }, false);
  return new InstanceTrace(above, { executionId: edit.executionId, generation, parent, seed: edit.seed }, true);
}

/** Of an execution, by what is recorded of it. Undefined: its beginning is not among that; null: it is not traced. */
export function traceIn(events: readonly HistoryEvent[], generation: number): InstanceTrace | null | undefined {
  const started = startedIn(events);
  return started === undefined ? undefined : instanceTrace(started, generation, events.findLast(isEditMark) ?? null);
}

/** By a loop: it is the second event of its execution, and asked for with each. */
export function startedIn(events: readonly HistoryEvent[]): ExecutionStarted | undefined {
  for (const event of events) if (event.kind === "ExecutionStarted") return event;
  return undefined;
}
