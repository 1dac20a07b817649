import type { InstanceState } from "../../core/state.ts";
import type { EngineLog } from "../../telemetry/engine-log.ts";
import { instanceTrace } from "../../telemetry/traces/instance-trace.ts";

/** The engine's log; lines about an instance in memory have its place in the trace. */
export const tracedLog = (log: EngineLog, stateOf: (instanceId: string) => InstanceState | null): EngineLog => ({
  enabled: (level) => log.enabled(level),
  write(entry) {
    const { instanceId } = entry.fields;
    const state = typeof instanceId === "string" ? stateOf(instanceId) : null;
    const trace = state === null ? null : instanceTrace(state, state.generation);
    if (trace === null) log.write(entry);
    else log.write({ ...entry, fields: { ...entry.fields, traceId: trace.traceId, spanId: trace.spanId } });
  },
});
