import type { AcceptedReplies } from "../model/edit-mark.ts";
import type { EventId, Seed } from "../model/ids.ts";
import type { InstanceState } from "./state.ts";

/**
 * Children that were running when an instance was rewound, and attempts of its activities, answer a generation that is over. What stays has kept its
 * number, so the answer fits; numbers behind that were given again.
 */
export function acceptsReply(
  { generation, edit }: InstanceState,
  reply: { readonly generation: number; readonly taskId: EventId },
): boolean {
  return reply.generation === generation || edit?.mark.replies.some((accepted) => answers(accepted, reply)) === true;
}

const answers = ({ generation, upTo }: AcceptedReplies, reply: { readonly generation: number; readonly taskId: EventId }): boolean =>
  reply.generation === generation && reply.taskId <= upTo;

/** The seed under which a call was asked for first: with the call it makes the idempotency key, which a rewind does not change. */
export function seedOfCall({ seed, edit }: InstanceState, callId: EventId): Seed {
  return edit?.earlierSeeds.find(({ upTo }) => callId <= upTo)?.seed ?? seed;
}

/** What its history says of an instance whose history was edited and not run since. */
export const isFreshlyEdited = ({ edit }: InstanceState): boolean => edit?.isFresh === true;
