import type { FunctionLogSink } from "../replay/function-log.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";

/** What functions log goes where the engine logs, with the names of the function and its instance. */
export function functionLogTo(log: EngineLog): FunctionLogSink {
  return (entry) => {
    if (!log.enabled(entry.level)) return;
    const { level, message, functionKind, functionName, instanceId, event } = entry;
    log.write({
      level,
      event: event ?? "function.log",
      message,
      fields: { ...entry.fields, [functionKind]: functionName, instanceId },
    });
  };
}
