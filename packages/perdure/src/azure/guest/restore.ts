import { messageOf } from "../../errors/perdure-error.ts";
import { isEditMark } from "../../model/edit-mark.ts";
import type { EpisodeResult } from "../../model/executor.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { Mismatch } from "../../replay/cursor/action-ledger.ts";
import { divergenceText } from "../../replay/cursor/action-match.ts";
import type { EpisodeGroup } from "./episode-groups.ts";
import { groupsOf } from "./episode-groups.ts";
import type { Orchestration } from "./orchestration.ts";

/**
 * Brings a new cursor to where its history ends, and runs the episode that follows. The library repeats what it is told without a look at what was recorded:
 * the comparison, episode by episode, is ours. Null: it went as recorded.
 */
export async function restored(
  cursor: Orchestration,
  history: readonly HistoryEvent[],
  fresh: readonly HistoryEvent[],
): Promise<EpisodeResult | null> {
  const { ledger } = cursor;
  const past = groupsOf(history);
  // What runs behind an edit for the first time must not hang on values that were taken out.
  ledger.comparesInputs = past.length > 0 && fresh.some(isEditMark);
  let forksAhead = countForks(history) + countForks(fresh);
  for (const group of past) {
    forksAhead -= countForks(group.inbound);
    ledger.isCopy = forksAhead > 0;
    const isOver = cursor.isEnded;
    if (!isOver) await run(cursor, group, true);
    if (cursor.problem !== null) return stopped(cursor.problem);
    const found = isOver ? AFTER_ITS_END : difference(cursor, group);
    if (found !== null) return diverged(cursor, group, found, history);
    cursor.forgetTold();
  }
  ledger.isCopy = false;
  if (cursor.isEnded) return diverged(cursor, past.at(-1), AFTER_ITS_END, history);
  for (const group of groupsOf(fresh)) await run(cursor, group, false);
  return cursor.problem === null ? null : stopped(cursor.problem);
}

const AFTER_ITS_END: Mismatch = { asked: "its end", recorded: "more events", action: null };

const countForks = (events: readonly HistoryEvent[]): number =>
  events.reduce((count, { kind }) => count + (kind === "ExecutionForked" ? 1 : 0), 0);

async function run(cursor: Orchestration, group: EpisodeGroup, isPlayed: boolean): Promise<void> {
  if (cursor.episode === 0) await cursor.begin(group, isPlayed);
  else cursor.step(group, isPlayed);
}

interface Place extends Mismatch {
  readonly position?: number;
}

function difference({ ledger }: Orchestration, { recorded }: EpisodeGroup): Place | null {
  for (const { event, position } of recorded) {
    const found = ledger.match(event);
    if (found !== null) return { ...found, position };
  }
  return ledger.close();
}

function diverged(cursor: Orchestration, group: EpisodeGroup | undefined, found: Place, history: readonly HistoryEvent[]): EpisodeResult {
  const { fn, instanceId } = cursor.parts;
  const started = history.find((event) => event.kind === "ExecutionStarted");
  const text = divergenceText({
    name: fn.name,
    instanceId,
    asked: found.asked,
    recorded: found.recorded,
    position: found.position ?? group?.recorded.at(-1)?.position ?? history.length,
    ts: group?.clock ?? 0,
    version: started?.version ?? null,
    place: null,
  });
  return { kind: "stopped", code: "NON_DETERMINISM", message: messageOf("NON_DETERMINISM", text), episode: cursor.episode };
}

const stopped = (message: string): EpisodeResult => ({ kind: "stopped", code: "AZURE_SDK_UNSUPPORTED", message });
