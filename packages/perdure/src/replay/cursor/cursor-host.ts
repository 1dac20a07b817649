import type { EpisodeResult } from "../../model/executor.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { FunctionSource } from "../functions/definition.ts";
import type { FunctionLogSink } from "../functions/function-log.ts";
import type { PayloadEncoder } from "../values/payload-encoder.ts";
import type { Cursor } from "./cursor.ts";
import type { DrainQueue } from "./drain.ts";

/** What all cursors of one executor share. */
export interface CursorHost {
  readonly functions: FunctionSource;
  readonly encoder: PayloadEncoder;
  readonly drain: DrainQueue;
  readonly log: FunctionLogSink;
  readonly maxActions: number;
  /** The instance waits for nothing durable; finds out where. The cursor takes no more events. `history` is null for a live cursor. */
  stuck(cursor: Cursor, history: readonly HistoryEvent[] | null, fresh: readonly HistoryEvent[]): EpisodeResult | Promise<EpisodeResult>;
  /** The cursor takes no more events: it ended, or it was stopped. */
  released(cursor: Cursor): void;
}
