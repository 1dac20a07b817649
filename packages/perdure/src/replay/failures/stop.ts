import type { ErrorCode } from "../../errors/catalogue.ts";
import { PerdureError } from "../../errors/perdure-error.ts";
import { userFrame } from "./stack.ts";

/** Mistakes in the code of an orchestrator that a deploy corrects: they stop the episode and leave the history as it is. */
const STOPPING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["DIRECT_CALL", "GUARDED_CALL", "LATE_USE", "NON_DETERMINISM", "SCHEMA_ASYNC"]);

const MAX_DEPTH = 8;

/** Why an instance is stopped. */
export interface StopCode {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The mistake behind what ended the function, or null when it ended on an error of its own. */
export function stopCodeOf(error: unknown): StopCode | null {
  try {
    return mistakeIn(error, 0);
  } catch {
    return null; // an error that cannot be read is none of ours
  }
}

function mistakeIn(error: unknown, depth: number): StopCode | null {
  if (!(error instanceof Error) || depth > MAX_DEPTH) return null;
  if (error instanceof PerdureError && STOPPING.has(error.code)) return { code: error.code, message: withLine(error) };
  return mistakeIn(error.cause, depth + 1);
}

/** The message and the author's line. */
function withLine(error: PerdureError): string {
  const line = userFrame(error.stack ?? "");
  return line === null ? error.message : `${error.message} At ${line}.`;
}
