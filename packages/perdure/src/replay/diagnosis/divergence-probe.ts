import { messageOf } from "../../errors/perdure-error.ts";
import type { Action } from "../../model/action.ts";
import type { EpisodeOutcome, EpisodeResult } from "../../model/executor.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { Mismatch } from "../cursor/action-ledger.ts";
import type { Divergence } from "../cursor/action-match.ts";
import { divergenceText } from "../cursor/action-match.ts";
import { Cursor } from "../cursor/cursor.ts";
import type { CursorHost, CursorTarget, DivergedPlace } from "../cursor/cursor-host.ts";
import { userFrame } from "../failures/stack.ts";
import { captureFrames, firstPlace } from "./stack-frames.ts";

const NOTHING: EpisodeResult = { kind: "historyNeeded" };

/** Why an instance is stopped whose code does not ask for what its history has, with the line where it asks for something else. */
export async function explainDivergence(host: CursorHost, cursor: DivergedPlace, history: readonly HistoryEvent[]): Promise<EpisodeResult> {
  const found = cursor.divergence;
  if (found === null) return NOTHING;
  const message = messageOf("NON_DETERMINISM", divergenceText(await withPlace(host, cursor, history, found)));
  return { kind: "stopped", code: "NON_DETERMINISM", message, episode: cursor.episode };
}

/**
 * Replays once more in a throw-away cursor that takes the stack of each action. A stack costs
 * 10 µs an action where the replay itself costs 4 (29 November 2026, 2,000 actions in a row), so only a replay that has found something pays for it. Code that goes another way this time has no place: it is not what was found.
 */
export async function withPlace(
  host: CursorHost,
  target: CursorTarget,
  history: readonly HistoryEvent[],
  found: Divergence,
): Promise<Divergence> {
  const nothing = () => NOTHING;
  const silent = { log: () => {}, stuck: nothing, diverged: nothing, unguarded: nothing, released: () => {} };
  const cursor = new Cursor({ ...host, ...silent }, target, true);
  const places = new AskPlaces();
  cursor.call.ledger.onAsk = (action) => places.note(action);
  await cursor.run(history, []);
  const again = cursor.divergence;
  const isSame = again !== null && again.position === found.position && again.asked === found.asked;
  if (!isSame) return found;
  return { ...found, place: (again.action === null ? failurePlace(cursor.call.outcome()) : null) ?? places.of(again) };
}

/** Where code has failed that ends its execution with it: `at FILE:LINE`. */
export function failurePlace(outcome: EpisodeOutcome | null): string | null {
  const frame = outcome?.kind === "failed" ? userFrame(outcome.failure.stack ?? "") : null;
  return frame === null ? null : `at ${frame.replace(/^file:\/\//, "").replace(/:\d+$/, "")}`;
}

/** Where in the author's code each action was asked for. */
class AskPlaces {
  readonly #places = new Map<Action, string>();
  #last: string | null = null;

  note(action: Action): void {
    const place = firstPlace(captureFrames(this.note));
    if (place === null) return; // a retry: it follows from the call, whose place is known
    this.#places.set(action, place);
    this.#last = place;
  }

  of({ action }: Mismatch): string | null {
    const place = action === null ? undefined : this.#places.get(action);
    if (place !== undefined) return `at ${place}`;
    return this.#last === null ? null : `after ${this.#last}`;
  }
}
