import type { EngineLog } from "./engine-log.ts";

/** A log that holds lines back for a moment: what it holds must be out before the process ends. */
export interface ClosableLog extends EngineLog {
  /** Writes at once what is held back, and blocks until it is written: also fit for the last line before `process.exit`. */
  flush(): void;
  /** A line that another process has made in the same form goes out as it is, in turn with the own ones. */
  passOn(line: string): void;
}
