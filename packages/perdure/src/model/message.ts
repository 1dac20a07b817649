import type { EntityMessage, WaitingPlace } from "./entity-message.ts";
import type { Failure } from "./failure.ts";
import type { RanAt } from "./history.ts";
import type { EventId } from "./ids.ts";
import type { Payload } from "./payload.ts";
import type { StartSpec } from "./start.ts";

/**
 * What one instance, an activity or a client says to an instance. Lives in the inbox until an episode consumes it.
 * `ts`: store time at which it was accepted.
 */
export type Message = EventMessage | ControlMessage | ReplaceMessage | TaskResultMessage | ChildResultMessage | EntityReply | EntityMessage;

export interface EventMessage {
  readonly kind: "event";
  readonly ts: number;
  readonly name: string;
  readonly input: Payload | null;
  readonly messageId?: string;
}
export interface ControlMessage {
  readonly kind: "suspend" | "resume" | "terminate";
  readonly ts: number;
  readonly reason: string | null;
  /** Terminate only: children are terminated too, and theirs. */
  readonly recursive?: boolean;
  /** Resume of an entity only: an operation that waits is set aside before anything runs. */
  readonly skip?: WaitingPlace;
  /** The process that was asked to do that, for the audit. */
  readonly by?: string;
}
/** "Terminate this run, then start that one under the same id", done by the owner in one commit. */
export interface ReplaceMessage {
  readonly kind: "replace";
  readonly ts: number;
  readonly start: StartSpec;
}
/** Replies carry the generation they answer; a reply to another generation is dropped. */
export interface TaskResultMessage extends RanAt {
  readonly kind: "taskCompleted" | "taskFailed";
  readonly ts: number;
  readonly generation: number;
  readonly taskId: EventId;
  readonly result: Payload | null;
  readonly failure?: Failure;
  readonly progress?: Payload;
  /** Set when the activity has killed its process too often: nothing is recorded, the instance is stopped with this reason. */
  readonly poison?: string;
}
export interface ChildResultMessage {
  readonly kind: "childCompleted" | "childFailed";
  readonly ts: number;
  readonly generation: number;
  readonly taskId: EventId;
  readonly result: Payload | null;
  readonly failure?: Failure;
}

/** To the orchestration that called an operation, or asked for a lock. */
export interface EntityReply {
  readonly kind: "entityCompleted" | "entityFailed" | "lockGranted";
  readonly ts: number;
  readonly generation: number;
  readonly taskId: EventId;
  readonly result: Payload | null;
  readonly failure?: Failure;
}

export type MessageKind = Message["kind"];

export function isReply(message: Message): message is TaskResultMessage | ChildResultMessage | EntityReply {
  switch (message.kind) {
    case "taskCompleted":
    case "taskFailed":
    case "childCompleted":
    case "childFailed":
    case "entityCompleted":
    case "entityFailed":
    case "lockGranted":
      return true;
    default:
      return false;
  }
}
