import type { Poison } from "../model/executor.ts";
import { errorText, isError } from "../telemetry/value-text.ts";
import type { Call } from "./call.ts";
import type { Answer } from "./messages.ts";
import type { Finding } from "./suspects.ts";
import { ENDS_OF_POISON } from "./suspects.ts";

const RETRY_AFTER_MS = 1_000;

/** What a call is answered with whose thread has ended; null: it runs again, and the engine does not hear of it, so that no attempt is lost. */
export function answerAfterEnd(call: Call, finding: Finding, reason: string): Answer | null {
  if (call.key === null || call.isUnwanted) return lostAnswer(call, reason);
  if (finding === "poison") return poison(reason);
  if (call.work.kind !== "activity") return { kind: "lost", atFault: finding === "at fault", reason };
  return call.aborted === null ? null : { kind: "aborted", reason: call.aborted };
}

/** Of a call that is not the cause. One that is not wanted any more is not told as lost: it would be said to run again. */
export function lostAnswer(call: Call, reason: string): Answer {
  if (call.key === null) return { kind: "lost", reason };
  if (call.work.kind === "activity" && call.aborted !== null && call.isUnwanted) return { kind: "aborted", reason: call.aborted };
  return { kind: "lost", atFault: false, reason };
}

/** While no thread can load the app: another worker may have a place. */
export const declinedAnswer = (call: Call): Answer =>
  call.key === null ? lostAnswer(call, "the app cannot be loaded") : { kind: "declined", retryAfterMs: RETRY_AFTER_MS, elsewhere: true };

const poison = (reason: string): Poison => ({
  kind: "poison",
  reason: `each of the ${ENDS_OF_POISON} times that it ran, its code has ended the thread of the app, the last times with nothing else on it: ${reason}`,
});

export const outOfMemory = (memoryMb: number | null): string =>
  `it ran out of heap memory${memoryMb === null ? "" : ` of ${memoryMb} MB (--app-memory)`}`;

export const uncaughtReason = (thrown: unknown): string =>
  `nothing caught ${isError(thrown) ? `${thrown.name}: ${thrown.message}` : errorText(thrown)}`;
