import type { EpisodeResult } from "../../model/executor.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceId, InstanceNo } from "../../model/ids.ts";
import type { OrchestratorDefinition } from "../functions/definition.ts";
import type { Mismatch } from "./action-ledger.ts";
import type { Divergence } from "./action-match.ts";
import type { CallHost } from "./call-host.ts";
import type { DrainQueue } from "./drain.ts";

/** Whose code it is and where it begins. */
export interface CursorTarget {
  readonly no: InstanceNo;
  readonly instanceId: InstanceId;
  readonly generation: number;
  readonly definition: OrchestratorDefinition;
}

/** A cursor as its host knows it. */
export interface CursorPlace extends CursorTarget {
  /** Episodes applied so far. */
  readonly episode: number;
}

export interface DivergedPlace extends CursorPlace {
  readonly divergence: (Divergence & Mismatch) | null;
}

/** What all cursors of one executor share. */
export interface CursorHost extends CallHost {
  readonly drain: DrainQueue;
  /** The instance waits for nothing durable; finds out where. The cursor takes no more events. `history` is null for a live cursor. */
  stuck(
    cursor: CursorPlace,
    history: readonly HistoryEvent[] | null,
    fresh: readonly HistoryEvent[],
  ): EpisodeResult | Promise<EpisodeResult>;
  /** The cursor was stopped, since the code does not ask for what `history` has; finds out where in the code that is. */
  diverged(cursor: DivergedPlace, history: readonly HistoryEvent[]): EpisodeResult | Promise<EpisodeResult>;
  /** User code ran before a guard was in place, and is run again from the start. The cursor takes no more events. `history` as above. */
  unguarded(
    cursor: CursorPlace,
    history: readonly HistoryEvent[] | null,
    fresh: readonly HistoryEvent[],
  ): EpisodeResult | Promise<EpisodeResult>;
  /** The cursor takes no more events: it ended, or it was stopped. */
  released(cursor: CursorPlace): void;
}
