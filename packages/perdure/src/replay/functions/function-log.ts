export type FunctionLogLevel = "debug" | "info" | "warn" | "error";

/** One line that user code (or the runtime about user code) wrote. */
export interface FunctionLogEntry {
  readonly level: FunctionLogLevel;
  readonly message: string;
  readonly fields: { readonly [key: string]: unknown };
  readonly functionKind: "orchestrator" | "activity";
  readonly functionName: string;
  readonly instanceId: string;
  /** Set when the runtime wrote it (a warning about a function): a stable name. */
  readonly event?: string;
}

export type FunctionLogSink = (entry: FunctionLogEntry) => void;

/** `log` of every context. In an orchestrator it writes nothing while the past is replayed. */
export interface FunctionLogger {
  debug(message: string, fields?: { readonly [key: string]: unknown }): void;
  info(message: string, fields?: { readonly [key: string]: unknown }): void;
  warn(message: string, fields?: { readonly [key: string]: unknown }): void;
  error(message: string, fields?: { readonly [key: string]: unknown }): void;
}

/** A logger whose lines go to `write`. */
export function functionLogger(
  write: (level: FunctionLogLevel, message: string, fields: { readonly [key: string]: unknown }) => void,
): FunctionLogger {
  return {
    debug: (message, fields = {}) => write("debug", message, fields),
    info: (message, fields = {}) => write("info", message, fields),
    warn: (message, fields = {}) => write("warn", message, fields),
    error: (message, fields = {}) => write("error", message, fields),
  };
}
