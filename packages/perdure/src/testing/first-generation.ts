import { isEditMark } from "../model/edit-mark.ts";
import type { HistoryEvent } from "../model/history.ts";

/** The generation in which a call was asked for first: a rewind takes calls over, with their numbers. */
export function firstGenerationOf(events: readonly HistoryEvent[], generation: number, callId: number): number {
  const mark = events.findLast(isEditMark);
  const taken = (mark?.replies ?? []).filter(({ upTo }) => callId <= upTo).map((accepted) => accepted.generation);
  return Math.min(generation, ...taken);
}
