import type { Failure } from "../model/failure.ts";
import { functionKey } from "../model/function-name.ts";
import { failureOf } from "../replay/failures/failure-of.ts";
import { TimeoutError } from "../replay/failures/function-errors.ts";
import type { Call } from "./call.ts";
import type { AppInfo } from "./guest.ts";

/** How long a call may hold its thread: the time-out of its own, else that of all functions. Null: it is not known which call holds it. */
export function timeoutOf(call: Call | null, { activityTimeouts }: AppInfo, functionTimeoutMs: number): number {
  if (call?.work.kind !== "activity") return functionTimeoutMs;
  const { name, timeoutMs } = call.work.request;
  if (timeoutMs !== null) return timeoutMs;
  const own = Object.entries(activityTimeouts).find(([one]) => functionKey(one) === functionKey(name));
  return own?.[1] ?? functionTimeoutMs;
}

export const timedOut = (name: string, ms: number): Failure =>
  failureOf(new TimeoutError(`Activity "${name}" did not finish within ${ms} ms, and did not let go of its thread`));
