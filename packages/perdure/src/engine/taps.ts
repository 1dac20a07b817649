import type { InstanceState } from "../core/state.ts";
import type { ActivityRequest, ActivityResult, NotRun } from "../model/executor.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { Message } from "../model/message.ts";

/** An instance as it is now; the same object as long as it is in memory. */
export interface TappedInstance {
  readonly state: InstanceState;
  /** ms since 1970. */
  readonly createdAt: number;
}

/** Events that one batch has written into the history of an instance. */
export interface Recorded {
  readonly instance: TappedInstance;
  readonly generation: number;
  /** Place of the first of them. */
  readonly firstSeq: number;
  readonly events: readonly HistoryEvent[];
  /** The time that the instance had then. */
  readonly at: number;
  /** What the episode has taken: events have its time, and messages that of their acceptance. Absent where no code of an orchestration ran. */
  readonly taken?: readonly { readonly message: Message }[];
  /** What stands in another generation and is written again, as its history is edited: nothing of it has happened now. */
  readonly isCopy?: true;
}

/** A run of an activity that has ended. */
export interface TappedAttempt {
  readonly request: Pick<ActivityRequest, "name">;
  /** When it came into the line of this worker, and when it began to run, monotonic. */
  readonly cameAt: number | null;
  readonly startedAt: number | null;
}

/** What has ended it; `poison`: it ends its processes. */
export type TappedResult = Exclude<ActivityResult, NotRun> | { readonly kind: "poison" };

/** Who looks on: traces and metrics. It decides nothing. */
export interface EngineTaps {
  /** What is durable, in the order of the batches. */
  onRecorded(recorded: readonly Recorded[]): void;
  /** As it ends, whatever becomes of its result. */
  onAttempt(attempt: TappedAttempt, result: TappedResult, ranMs: number): void;
}
