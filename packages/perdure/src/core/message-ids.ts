import type { SeenMessage } from "../model/entity-notes.ts";
import type { EventRaised, HistoryEvent, MessageIdsKept } from "../model/history.ts";
import type { InstanceState } from "./state.ts";

/**
 * The id that a sender gave a message is known for this long at least, among so many at least: by an entity, and by an orchestration over continue-as-new.
 * Within one execution an orchestration knows all of them, since they stand in its history.
 */
export const REMEMBERED_MS = 30 * 60_000;
export const REMEMBERED_IDS = 256;

export const isRemembered = ({ at }: SeenMessage, now: number): boolean => at > now - REMEMBERED_MS;

/** What the next generation is told of messages that this one has had, `events` of its last turn among them; what it gets again tells it by itself. */
export function keptIds(
  state: InstanceState,
  events: readonly HistoryEvent[],
  carryOver: readonly EventRaised[],
  at: number,
): readonly MessageIdsKept[] {
  const ids = new Map(state.messageIds);
  for (const event of events) if (event.kind === "EventRaised" && event.messageId !== undefined) ids.set(event.messageId, event.ts);
  for (const { messageId } of carryOver) if (messageId !== undefined) ids.delete(messageId);
  const kept = [...ids].map(([id, since]) => ({ id, at: since })).filter((one) => isRemembered(one, at));
  return kept.length === 0 ? [] : [{ kind: "MessageIdsKept", ts: at, ids: kept.slice(-REMEMBERED_IDS) }];
}
