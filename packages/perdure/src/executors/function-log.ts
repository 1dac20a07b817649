import { outsideOrchestration } from "../process/code-scope.ts";
import type { FunctionLogSink } from "../replay/functions/function-log.ts";
import type { HubLogs } from "../telemetry/log-option.ts";
import { traceFields } from "../telemetry/traces/trace-context.ts";
import { readFields, valueText } from "../telemetry/value-text.ts";

/**
 * What functions log, with the names of the function and its instance. What the runtime says about a function (it has an `event`) is the engine's.
 * A logger may use the clock, timers and the network also where an orchestrator has called it.
 */
export function functionLogTo({ log, functionLog }: HubLogs): FunctionLogSink {
  return (entry) => {
    const target = entry.event === undefined ? functionLog : log;
    if (!target.enabled(entry.level)) return;
    const { level, functionKind, functionName, instanceId, event, traceparent = null } = entry;
    outsideOrchestration(() =>
      target.write({
        level,
        event: event ?? "function.log",
        message: valueText(entry.message),
        fields: { ...readFields(entry.fields), [functionKind]: functionName, instanceId, ...traceFields(traceparent) },
      }),
    );
  };
}
