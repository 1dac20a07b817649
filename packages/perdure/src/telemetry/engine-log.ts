/** One thing that happened, with ids, for people and machines. `event` is a stable name (`episode.completed`, `worker.joined`). */
export interface LogEntry {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  readonly message: string;
  readonly fields: { readonly [key: string]: unknown };
}

export interface EngineLog {
  /** Asked before an entry is built: the hot path logs nothing that is not read. */
  enabled(level: LogEntry["level"]): boolean;
  write(entry: LogEntry): void;
}

export const silentLog: EngineLog = { enabled: () => false, write: () => {} };
