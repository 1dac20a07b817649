import type { Wait } from "../api/wire.ts";
import type { OpenCall } from "./timeline.ts";

/** What runs at the owner of its instance for 5 s gets a row of its own, by which its worker is known; with time for that row to be written. */
const KNOWN_AFTER_MS = 15_000;

const IN_LINE: ReadonlySet<string> = new Set(["in line", "alone", "no worker has it", "no free slot"]);

/** Waits for activities, as they were at a time. */
export const openCalls = (waits: readonly Wait[], at: number): readonly OpenCall[] =>
  waits.flatMap(({ kind, eventId, state, worker }) => {
    if (kind !== "activity" || eventId === null) return [];
    const inLineUntil = IN_LINE.has(state) ? Number.POSITIVE_INFINITY : state === "with its owner" ? at - KNOWN_AFTER_MS : null;
    const note = state === "running" && worker !== null ? `runs on worker ${worker}` : IN_LINE.has(state) ? state : "";
    return [{ eventId, inLineUntil, note }];
  });

/** It was asked for so long ago that it would be known to run, if it did. */
export const isSurelyInLine = ({ kind, state, since }: Wait, now: number): boolean =>
  kind === "activity" && state === "with its owner" && now - since > KNOWN_AFTER_MS;
