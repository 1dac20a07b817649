import type { InstanceState } from "../core/state.ts";
import type { HistoryEvent } from "../model/history.ts";

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
}

/** Who looks on: traces and metrics. It is told what is durable, in the order of the batches, and decides nothing. */
export interface EngineTaps {
  onRecorded(recorded: readonly Recorded[]): void;
}
