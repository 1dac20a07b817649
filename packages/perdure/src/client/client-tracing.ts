import type { InstanceId } from "../model/ids.ts";
import type { StartSpec } from "../model/start.ts";
import type { TraceContext } from "../model/trace.ts";

/**
 * What the calls of a client are in a trace. Made by the hub, where traces are asked for. `caller`: where the caller stands, if it says so; `accepted` is told once
 * the call is.
 */
export interface ClientTracing {
  /** `start` has the place of its span among its tags. */
  start(start: StartSpec, caller: TraceContext | null): { readonly start: StartSpec; accepted(): void };
  sent(message: SentMessage, caller: TraceContext | null): Sent;
}

/** To an orchestration or to an entity. */
export interface SentMessage {
  readonly kind: "event" | "signal";
  readonly name: string;
  readonly instanceId: InstanceId | string;
  /** An id of this call. */
  readonly id: string;
}

export interface Sent {
  /** Where it stands itself: the run of an operation is below it. */
  readonly trace: TraceContext;
  accepted(): void;
}
