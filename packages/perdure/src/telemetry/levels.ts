import type { LogEntry } from "./engine-log.ts";

/** What an operator may ask for; `silent` writes nothing. */
export type LogLevel = LogEntry["level"] | "silent";

export const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error", "silent"];

/** True when an entry of `level` is written at the threshold `least`. */
export function isEnabled(level: LogEntry["level"], least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
}
