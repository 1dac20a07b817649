import type { EventId, ExecutionId, InstanceId, Seed } from "./ids.ts";

/**
 * Where the history of this generation was made from another one, by taking things out (rewind) or by cutting and editing (fork). It stands behind the
 * last episode that was taken over; what follows and is older was not delivered by then, and is delivered again. `ExecutionStarted` is a copy: it names
 * the execution that it was recorded for.
 */
interface HistoryEdit {
  readonly ts: number;
  readonly reason: string | null;
  /** Who the instance is from here on. */
  readonly executionId: ExecutionId;
  /** From here on guids, random numbers and ids of children are derived from this. */
  readonly seed: Seed;
  readonly from: HistoryOrigin;
  /** Which answers to earlier generations count: to each one those for calls up to this number. */
  readonly replies: readonly AcceptedReplies[];
  /** Calls, attempts and timers whose failures were taken out or whose results were replaced. */
  readonly edited: readonly EventId[];
  /** The first episode (from 1) that was given one of them, or another input; 0: none was. */
  readonly firstEdited: number;
  /** Episodes that were recorded in the history it was made from, and are not taken over. */
  readonly droppedEpisodes: number;
  /** Open timers that fire at another time than they were created for. */
  readonly timers?: readonly { readonly id: EventId; readonly fireAt: number }[];
  /** Children that are other instances than the call says: those of a fork, which runs children of its own. */
  readonly children?: readonly { readonly id: EventId; readonly instanceId: InstanceId }[];
}
export interface HistoryOrigin {
  readonly instanceId: InstanceId;
  readonly executionId: ExecutionId;
  readonly generation: number;
}
export interface AcceptedReplies {
  readonly generation: number;
  readonly upTo: EventId;
}
export interface ExecutionRewound extends HistoryEdit {
  readonly kind: "ExecutionRewound";
}
export interface ExecutionForked extends HistoryEdit {
  readonly kind: "ExecutionForked";
}
export type EditMark = ExecutionRewound | ExecutionForked;

export const isEditMark = (event: { readonly kind: string }): event is EditMark =>
  event.kind === "ExecutionRewound" || event.kind === "ExecutionForked";
