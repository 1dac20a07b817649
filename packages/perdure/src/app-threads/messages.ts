import type { EntityBatchRequest } from "../model/entity-batch.ts";
import type {
  AbortReason,
  ActivityRequest,
  ActivityResult,
  EntityBatchResult,
  EpisodeKey,
  EpisodeRequest,
  EpisodeResult,
  TaskKey,
} from "../model/executor.ts";
import type { InstanceNo } from "../model/ids.ts";
import type { Payload } from "../model/payload.ts";
import type { LogEntry } from "../telemetry/engine-log.ts";
import type { AppInfo, GuestSetup, HttpAnswer, HttpInvocation, Invocation, InvocationResult } from "./guest.ts";
import type { WireError } from "./wire-error.ts";

/** What a thread is asked to run. */
export type Work =
  | { readonly kind: "episode"; readonly request: EpisodeRequest }
  | { readonly kind: "activity"; readonly request: ActivityRequest }
  | { readonly kind: "entity"; readonly request: EntityBatchRequest }
  | { readonly kind: "invocation"; readonly request: Invocation };

export type WorkKind = Work["kind"];

/** The same on its way: a stream stays where it is, and its parts follow. */
export type WireWork =
  | Exclude<Work, { readonly kind: "invocation" }>
  | { readonly kind: "invocation"; readonly request: Exclude<Invocation, HttpInvocation> | WireHttpInvocation };

type WireHttpInvocation = Omit<HttpInvocation, "body"> & { readonly body: Uint8Array | "parts" | null };

/** What it answers, by what it was asked. */
export interface Answers {
  readonly episode: EpisodeResult;
  readonly activity: ActivityResult;
  readonly entity: EntityBatchResult;
  readonly invocation: InvocationResult;
}

export type Answer = Answers[WorkKind];

/** An answer of an HTTP function whose body follows in parts. */
export type AnswerHead = Answer | (Omit<HttpAnswer, "body"> & { readonly body: "parts" });

/** `call`: its place in the shared memory (call-memory.ts). */
export type ToThread =
  | { readonly kind: "run"; readonly call: number; readonly work: WireWork }
  | { readonly kind: "abortEpisode"; readonly episode: EpisodeKey; readonly reason: AbortReason }
  | { readonly kind: "abortActivity"; readonly task: TaskKey; readonly reason: AbortReason }
  | { readonly kind: "abortInvocation"; readonly id: string }
  | { readonly kind: "forget"; readonly no: InstanceNo }
  | { readonly kind: "origin"; readonly url: string }
  /** The next part of a body is wanted · no more of it is. */
  | { readonly kind: "more" | "enough"; readonly call: number }
  /** As of an answer, of the request with that id. */
  | { readonly kind: "bodyPart"; readonly id: string; readonly part: Uint8Array | WireError | null }
  /** What the hub's client answered, and store time. */
  | { readonly kind: "told"; readonly ask: number; readonly outcome: Outcome; readonly now: number }
  /** A statement for the transaction that a call of the client was given. */
  | { readonly kind: "query"; readonly ask: number; readonly query: number; readonly text: string; readonly values: readonly unknown[] }
  | { readonly kind: "close" };

export type FromThread =
  | { readonly kind: "loaded"; readonly info: AppInfo }
  | { readonly kind: "notLoaded"; readonly error: WireError }
  | { readonly kind: "answer"; readonly call: number; readonly answer: AnswerHead }
  /** It was withdrawn before it began. */
  | { readonly kind: "skipped"; readonly call: number }
  /** Of a body; null: it is whole · of an error: it broke off. */
  | { readonly kind: "part"; readonly call: number; readonly part: Uint8Array | WireError | null }
  /** The next part of the body of a request is wanted · no more of it is. */
  | { readonly kind: "moreBody" | "enoughBody"; readonly id: string }
  | { readonly kind: "heartbeat"; readonly task: TaskKey; readonly progress: Payload | null }
  | { readonly kind: "log"; readonly of: "engine" | "function"; readonly entry: LogEntry }
  /** A call of the hub's client: `start`, `entities.signal`, … */
  | {
      readonly kind: "ask";
      readonly ask: number;
      readonly method: string;
      readonly params: readonly unknown[];
      /** The statements of the call are to come back to the transaction that its caller has. */
      readonly inTransaction: boolean;
    }
  /** The signal of that call has fired. */
  | { readonly kind: "stopAsking"; readonly ask: number }
  | { readonly kind: "rows"; readonly query: number; readonly outcome: Outcome }
  | { readonly kind: "closed" };

export type Outcome = { readonly value: unknown } | { readonly error: WireError };

/** What a thread begins with. */
export interface ThreadData {
  readonly setup: GuestSetup;
  readonly words: SharedArrayBuffer;
}
