import type { EventId, InstanceId } from "./ids.ts";

/** A call on a place that takes no messages. */
export interface HeldCall {
  readonly instanceId: InstanceId;
  /** Of the activity; null: an episode, or operations of an entity. */
  readonly eventId: EventId | null;
  /** Its code holds the place; false: that of another call does, and this one waits for its turn. */
  readonly isHolder: boolean;
  /** `name (file:line)`; null: not known. */
  readonly at: string | null;
}
