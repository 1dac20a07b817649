import { visibleLines } from "../model/visible-text.ts";
import type { EngineLog, LogEntry } from "./engine-log.ts";
import { isEnabled } from "./levels.ts";
import { stderrLine } from "./stderr-line.ts";
import { errorStack, isError, valueText } from "./value-text.ts";

const safe = new WeakSet<EngineLog>();

/**
 * Every log that Perdure writes to goes through here: a logger that throws, or whose promise rejects, loses its line and nothing else. The engine
 * writes in the middle of commits and claims, where an exception would cost an instance or the worker. The first failure is said on standard
 * error, and the log stays in use: what is broken for a moment (a full disk, a reader that is gone) may heal.
 */
export function safeLog(log: EngineLog, report: (line: string) => void = stderrLine): EngineLog {
  if (safe.has(log)) return log;
  let told = false;
  const failed = (error: unknown, event: string): void => {
    if (told) return;
    told = true;
    const cause = isError(error) ? errorStack(error) : valueText(error);
    report(`perdure: the logger failed at "${event}", and the line is lost (later failures are not reported): ${visibleLines(cause)}`);
  };
  const wrapped: EngineLog = {
    enabled(level) {
      try {
        return log.enabled(level);
      } catch (error) {
        failed(error, "enabled");
        return isEnabled(level, "warn");
      }
    },
    write(entry) {
      try {
        catchLater(log.write(entry), entry, failed);
      } catch (error) {
        failed(error, entry.event);
      }
    },
  };
  safe.add(wrapped);
  return wrapped;
}

/** A writer may be an async function, whatever its type says: its rejection would end the process. */
function catchLater(returned: unknown, entry: LogEntry, failed: (error: unknown, event: string) => void): void {
  if (typeof returned !== "object" || returned === null || !("then" in returned)) return;
  void Promise.resolve(returned).catch((error: unknown) => failed(error, entry.event));
}
