import { silentLog } from "../telemetry/engine-log.ts";
import { errorText } from "../telemetry/value-text.ts";
import type { ClientSources } from "./bindings/azure-clients.ts";
import { FunctionBindings } from "./bindings/function-bindings.ts";
import type { FunctionTable } from "./guest/function-table.ts";
import { DEFAULT_TRIGGER_SETTINGS } from "./triggers/trigger-settings.ts";
import { createTriggers } from "./triggers/triggers.ts";

const AT_A_START = / Nothing was started\.$/;

/** What storage and Service Bus lack, function by function: what a start would say of the first one. Nothing is asked of a service. */
export function serviceProblems(
  { functions, triggers }: Pick<FunctionTable, "functions" | "triggers">,
  sources: ClientSources,
): readonly string[] {
  const settings = DEFAULT_TRIGGER_SETTINGS;
  const invoke = () => Promise.reject(new Error("A check calls no function."));
  const idle = { taskHub: "check", log: silentLog, invoke };
  return [
    ...functions.flatMap((fn) => problemOf(() => new FunctionBindings({ ...sources, functions: [fn], queueEncoding: "base64" }))),
    ...triggers.flatMap((spec) => problemOf(() => createTriggers({ ...sources, ...idle, settings, specs: [spec] }))),
  ];
}

function problemOf(make: () => unknown): readonly string[] {
  try {
    make();
    return [];
  } catch (error) {
    return [errorText(error).replace(AT_A_START, "")];
  }
}
