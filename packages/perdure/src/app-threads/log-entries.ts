import type { LogEntry } from "../telemetry/engine-log.ts";
import { isError, valueText } from "../telemetry/value-text.ts";

/** An entry that can leave the thread: what cannot be copied is there as text. */
export function plainEntry(entry: LogEntry): LogEntry {
  return { ...entry, fields: Object.fromEntries(Object.entries(entry.fields).map(([name, value]) => [name, plain(value)])) };
}

function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null)
    return typeof value === "function" || typeof value === "symbol" ? valueText(value) : value;
  try {
    return structuredClone(value);
  } catch {
    return isError(value) ? Object.assign(new Error(value.message), { stack: value.stack }) : valueText(value);
  }
}
