import type { Failure } from "./failure.ts";
import type { Tags } from "./history.ts";
import type { InstanceId, InstanceNo } from "./ids.ts";
import type { Payload } from "./payload.ts";
import type { TraceContext } from "./trace.ts";

export interface EntityBatchRequest {
  readonly no: InstanceNo;
  readonly instanceId: InstanceId;
  /** As in the id: lower case. */
  readonly name: string;
  /** As `EpisodeRequest.alone`; then there is one operation. */
  readonly alone: boolean;
  /** As JSON text; null: it does not exist. */
  readonly state: Payload | null;
  /** The entity's time, ms since 1970. */
  readonly now: number;
  /** No further operation is begun when the batch has taken this long. */
  readonly stopAfterMs: number;
  /** One at least. */
  readonly operations: readonly EntityOperation[];
}

export interface EntityOperation {
  readonly operation: string;
  readonly input: Payload | null;
  readonly isSignal: boolean;
  /** False: what caused it may still come to nothing, so nothing may be begun that touches the world. */
  readonly isDurable: boolean;
  /** Absent: it is not traced. */
  readonly trace?: TraceContext;
}

export interface EntityBatchRan {
  readonly kind: "ran";
  /** After the last operation that ran. */
  readonly state: Payload | null;
  /** Of the operations that ran: the first ones of the request, possibly none. */
  readonly results: readonly EntityOperationResult[];
  /** Of operations that succeeded, in order. */
  readonly actions: readonly EntityAction[];
  /** Why the others did not run; null when all did. `durability`: the next one runs only when its cause is durable. */
  readonly cut: null | "time" | "durability" | "shutdown";
}

export type EntityOperationResult = { readonly times?: OperationTimes } & (
  | { readonly kind: "completed"; readonly result: Payload | null }
  | { readonly kind: "failed"; readonly failure: Failure }
);

/** For the span of an operation, where one is wanted; no more depends on it. */
export interface OperationTimes {
  /** Of its begin, from that of the batch, ms. */
  readonly after: number;
  readonly ran: number;
}

/** What an operation sent. `by`: its place among the operations of the request. */
export type EntityAction =
  | {
      readonly kind: "signalEntity";
      readonly by: number;
      readonly instanceId: InstanceId;
      readonly operation: string;
      readonly input: Payload | null;
      readonly due: number | null;
      readonly trace?: TraceContext;
    }
  | {
      readonly kind: "startOrchestration";
      readonly by: number;
      readonly name: string;
      readonly instanceId: InstanceId;
      readonly minted: boolean;
      readonly input: Payload | null;
      readonly version: string | null;
      readonly tags: Tags | null;
      readonly startAt: number | null;
    };
