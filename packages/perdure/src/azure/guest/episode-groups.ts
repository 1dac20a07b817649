import type { ExecutionStarted, HistoryEvent } from "../../model/history.ts";
import type { RecordedAction } from "../../replay/cursor/action-match.ts";
import { isRecordedAction } from "../../replay/cursor/action-match.ts";

/** One episode of a history: what came in before it, and what it asked for. */
export interface EpisodeGroup {
  readonly clock: number;
  /** Of the first one. */
  readonly started: ExecutionStarted | null;
  /** In the order in which it came in. The history has it in front of `OrchestratorStarted`; the library wants the clock first. */
  readonly inbound: readonly HistoryEvent[];
  readonly recorded: readonly Recorded[];
}

export interface Recorded {
  readonly event: RecordedAction;
  /** Its place in the history, from 1. */
  readonly position: number;
}

/** Events that no episode has taken up yet make no group. */
export function groupsOf(events: readonly HistoryEvent[]): readonly EpisodeGroup[] {
  const groups: EpisodeGroup[] = [];
  let inbound: HistoryEvent[] = [];
  let open: { clock: number; started: ExecutionStarted | null; recorded: Recorded[]; inbound: HistoryEvent[] } | null = null;
  for (let at = 0; at < events.length; at++) {
    const event = events[at];
    if (event === undefined) continue;
    if (event.kind === "OrchestratorStarted") {
      open = { clock: event.ts, started: null, recorded: [], inbound };
      groups.push(open);
      inbound = [];
    } else if (event.kind === "ExecutionStarted" && open !== null) open.started = event;
    else if (event.kind === "OrchestratorCompleted") open = null;
    else if (open !== null && isRecordedAction(event)) open.recorded.push({ event, position: at + 1 });
    else if (open === null) inbound.push(event);
  }
  return groups;
}
