import type { FunctionKind } from "../../model/function-kind.ts";
import type { LogEntry } from "../../telemetry/engine-log.ts";

/** One line that user code (or the runtime about user code) wrote. */
export interface FunctionLogEntry {
  readonly level: LogEntry["level"];
  readonly message: string;
  readonly fields: { readonly [key: string]: unknown };
  readonly functionKind: FunctionKind;
  readonly functionName: string;
  readonly instanceId: string;
  /** Where it stands in a trace; absent or null: it is not traced. */
  readonly traceparent?: string | null;
  /** Set when the runtime wrote it (a warning about a function): a stable name. */
  readonly event?: string;
}

export type FunctionLogSink = (entry: FunctionLogEntry) => void;
