import type { EngineLog, LogEntry } from "./engine-log.ts";
import { readFields, valueText } from "./value-text.ts";

/** `log` of every context; `fields` are ids and values that belong to the message. In an orchestrator it writes nothing while the past is replayed. */
export interface FunctionLogger {
  debug(message: string, fields?: { readonly [key: string]: unknown }): void;
  info(message: string, fields?: { readonly [key: string]: unknown }): void;
  warn(message: string, fields?: { readonly [key: string]: unknown }): void;
  error(message: string, fields?: { readonly [key: string]: unknown }): void;
}

/** A logger whose lines go to `write`. */
export function functionLogger(
  write: (level: LogEntry["level"], message: string, fields: { readonly [key: string]: unknown }) => void,
): FunctionLogger {
  return {
    debug: (message, fields = {}) => write("debug", message, fields),
    info: (message, fields = {}) => write("info", message, fields),
    warn: (message, fields = {}) => write("warn", message, fields),
    error: (message, fields = {}) => write("error", message, fields),
  };
}

/** One whose lines go to a log under the name of the function: client functions and hooks, which have no instance. `of` wins over fields of its author. */
export function functionLoggerTo(log: EngineLog, of: { readonly [kind: string]: string }): FunctionLogger {
  return functionLogger((level, message, fields) => {
    if (!log.enabled(level)) return;
    log.write({ level, event: "function.log", message: valueText(message), fields: { ...readFields(fields), ...of } });
  });
}
