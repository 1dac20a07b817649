import type { Failure } from "../model/failure.ts";
import { functionKey } from "../model/function-name.ts";
import { failureOf } from "../replay/failures/failure-of.ts";
import { TimeoutError } from "../replay/failures/function-errors.ts";
import type { Call } from "./call.ts";
import type { AppInfo } from "./guest.ts";

/** An orchestrator may hold its thread for this long, the replay of its history included: it has activities for what computes. */
const EPISODE_MS = 60_000;

export interface HoldLimits {
  readonly functionTimeoutMs: number;
  readonly episodeTimeoutMs?: number;
}

/** What holds a thread, and how long it may. `call` null: it may be any that has begun. */
export interface Hold {
  readonly call: Call | null;
  readonly limitMs: number;
}

/**
 * `running`: the call whose first stretch of code holds the thread; null: it is not known which call does. Then it is one of the episodes, if any is open: they are
 * answered in the turn in which they begin, where activities and requests wait for what comes later.
 */
export function holdOf(running: Call | null, begun: readonly Call[], info: AppInfo, limits: HoldLimits): Hold {
  const episodes = running === null ? begun.filter(({ work }) => work.kind === "episode") : [];
  const call = running ?? (episodes.length === 1 ? (episodes[0] ?? null) : null);
  const isEpisode = episodes.length > 0 || call?.work.kind === "episode";
  return { call, limitMs: isEpisode ? episodeLimit(limits) : timeoutOf(call, info, limits.functionTimeoutMs) };
}

const episodeLimit = ({ functionTimeoutMs, episodeTimeoutMs = EPISODE_MS }: HoldLimits): number =>
  Math.min(functionTimeoutMs, episodeTimeoutMs);

/** What holds the thread is not waited for any more: whatever it is, its instance has ended. */
export const isHeldInVain = ({ call }: Hold, begun: readonly Call[]): boolean =>
  call === null ? begun.length > 0 && begun.every(({ isUnwanted }) => isUnwanted) : call.isUnwanted;

/** The time-out of its own, else that of all functions. */
function timeoutOf(call: Call | null, { activityTimeouts }: AppInfo, functionTimeoutMs: number): number {
  if (call?.work.kind !== "activity") return functionTimeoutMs;
  const { name, timeoutMs } = call.work.request;
  if (timeoutMs !== null) return timeoutMs;
  const own = Object.entries(activityTimeouts).find(([one]) => functionKey(one) === functionKey(name));
  return own?.[1] ?? functionTimeoutMs;
}

export const timedOut = (name: string, ms: number): Failure =>
  failureOf(new TimeoutError(`Activity "${name}" did not finish within ${ms} ms, and did not let go of its thread`));
