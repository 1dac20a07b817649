import { messageOf } from "../../errors/perdure-error.ts";
import { isEditMark } from "../../model/edit-mark.ts";
import type { EpisodeResult } from "../../model/executor.ts";
import { copyOf, forkOrigins } from "../../model/fork-origins.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { Mismatch } from "../../replay/cursor/action-ledger.ts";
import type { Divergence } from "../../replay/cursor/action-match.ts";
import { divergenceText } from "../../replay/cursor/action-match.ts";
import type { EpisodeGroup } from "./episode-groups.ts";
import { groupsOf } from "./episode-groups.ts";
import type { Orchestration } from "./orchestration.ts";

/** Why a recorded history was not repeated. */
export type NotRepeated =
  | { readonly kind: "diverged"; readonly divergence: Divergence }
  /** The library cannot be driven. */
  | { readonly kind: "stopped"; readonly code: "AZURE_SDK_UNSUPPORTED"; readonly message: string };

/**
 * Brings a new cursor to where its history ends. The library repeats what it is told without a look at what was recorded: the comparison, episode by episode, is
 * ours. Null: it went as recorded. `fresh`: what will be delivered next. `inputsFrom`: inputs and due times are compared of episodes from this time on; null: of none.
 */
export async function repeated(
  cursor: Orchestration,
  history: readonly HistoryEvent[],
  fresh: readonly HistoryEvent[],
  inputsFrom: number | null = null,
): Promise<NotRepeated | null> {
  const { ledger } = cursor;
  const past = groupsOf(history);
  // What runs behind an edit for the first time must not hang on values that were taken out.
  const isEdited = past.length > 0 && fresh.some(isEditMark);
  let origins = [...forkOrigins(history), ...forkOrigins(fresh)];
  for (const group of past) {
    origins = origins.slice(forkOrigins(group.inbound).length);
    ledger.copy = copyOf(origins, cursor.parts.instanceId);
    ledger.comparesInputs = isEdited || (inputsFrom !== null && group.clock >= inputsFrom && ledger.copy === null);
    const isOver = cursor.isEnded;
    if (!isOver) await run(cursor, group, true);
    if (cursor.problem !== null) return unsupported(cursor.problem);
    const found = isOver ? AFTER_ITS_END : difference(cursor, group);
    if (found !== null)
      return {
        kind: "diverged",
        divergence: divergenceAt(cursor, history, { ...found, clock: group.clock, place: placeOf(cursor, found) }),
      };
    cursor.forgetTold();
  }
  ledger.copy = null;
  return null;
}

/** The same, and the episode that follows. `placed`: finds the line of what does not fit. Null: its result can be taken. */
export async function restored(
  cursor: Orchestration,
  history: readonly HistoryEvent[],
  fresh: readonly HistoryEvent[],
  placed: (found: Divergence) => Promise<Divergence>,
): Promise<EpisodeResult | null> {
  const found = await repeated(cursor, history, fresh);
  if (found?.kind === "stopped") return found;
  if (found !== null) return stopped(cursor, await placed(found.divergence));
  if (cursor.isEnded) return stopped(cursor, await placed(divergenceAt(cursor, history, AFTER_ITS_END)));
  for (const group of groupsOf(fresh)) await run(cursor, group, false);
  return cursor.problem === null ? null : unsupported(cursor.problem);
}

const placeOf = ({ parts }: Orchestration, { action }: Found): string | null => parts.places?.of(action) ?? null;

interface Found extends Mismatch {
  readonly position?: number;
  readonly clock?: number;
  readonly place?: string | null;
}

const AFTER_ITS_END: Found = { asked: "its end", recorded: "more events", action: null };

async function run(cursor: Orchestration, group: EpisodeGroup, isPlayed: boolean): Promise<void> {
  if (cursor.episode === 0) await cursor.begin(group, isPlayed);
  else cursor.step(group, isPlayed);
}

function difference({ ledger }: Orchestration, { recorded }: EpisodeGroup): Found | null {
  for (const { event, position } of recorded) {
    const found = ledger.match(event);
    if (found !== null)
      return { ...found, position, asked: found.asked === found.recorded ? `${found.asked} with another input or time` : found.asked };
  }
  const found = ledger.close();
  const last = recorded.at(-1)?.position;
  return found === null || last === undefined ? found : { ...found, position: last };
}

export function divergenceAt(
  { parts: { fn, instanceId } }: Orchestration,
  history: readonly HistoryEvent[],
  { asked, recorded, position = history.length, clock = history.at(-1)?.ts ?? 0, place = null }: Omit<Found, "action">,
): Divergence {
  const started = history.find((event) => event.kind === "ExecutionStarted");
  return { name: fn.name, instanceId, asked, recorded, position, ts: clock, version: started?.version ?? null, place };
}

const stopped = ({ episode }: Orchestration, divergence: Divergence): EpisodeResult => ({
  kind: "stopped",
  code: "NON_DETERMINISM",
  message: messageOf("NON_DETERMINISM", divergenceText(divergence)),
  episode,
});

const unsupported = (message: string) => ({ kind: "stopped", code: "AZURE_SDK_UNSUPPORTED", message }) as const;
