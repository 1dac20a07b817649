import type { InstanceId, InstanceNo } from "../model/ids.ts";
import { MOST_ENDED } from "./limits.ts";

export interface EndedSince {
  /** {@link MOST_ENDED} at most. */
  readonly ended: readonly InstanceId[];
  readonly upTo: EndsPlace;
  /** There are more than an answer holds: the next question brings them. */
  readonly more: boolean;
}

/** Where the next question begins; opaque to all but the store that gave it. */
export interface EndsPlace {
  /** Ends from this time on. */
  readonly from: number;
  /** What the last answer has seen, where times do not tell that. */
  readonly seen?: string;
  /** The last answer was cut: the rest of it comes first. */
  readonly rest?: Omit<EndsPlace, "rest"> & { readonly after: { readonly completedAt: number; readonly no: InstanceNo } };
}

/** One end, in order of (completedAt, no). */
export interface EndRow {
  readonly instanceId: InstanceId;
  readonly no: InstanceNo;
  readonly completedAt: number;
}

export interface EndsQuestion extends Omit<EndsPlace, "rest"> {
  /** Only ends after this one; null: all. */
  readonly after: { readonly completedAt: number; readonly no: InstanceNo } | null;
}

/** What a store is to look for. */
export const questionOf = ({ rest, ...place }: EndsPlace): EndsQuestion => rest ?? { ...place, after: null };

/**
 * `rows`: what there is, up to one more than {@link MOST_ENDED}. `present`: where the next question would begin if this answer held all. The
 * pages of one answer are read at different times: what has ended since the first of them is told by the next answer.
 */
export function endsAnswer(since: EndsPlace | null, rows: readonly EndRow[], present: Omit<EndsPlace, "rest">): EndedSince {
  if (since === null) return { ended: [], upTo: present, more: false };
  const { rest, ...place } = since;
  const next = rest === undefined ? present : place;
  const page = rows.slice(0, MOST_ENDED);
  const ended = page.map(({ instanceId }) => instanceId);
  const last = page.at(-1);
  if (last === undefined || rows.length <= MOST_ENDED) return { ended, upTo: next, more: false };
  const { completedAt, no } = last;
  return { ended, upTo: { ...next, rest: { ...questionOf(since), after: { completedAt, no } } }, more: true };
}
