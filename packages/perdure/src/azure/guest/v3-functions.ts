import type { AzureFunction, FunctionTable } from "./function-table.ts";
import type { Invoker } from "./invoker.ts";
import type { V3Function, V3Functions } from "./v3-function.ts";

/** Orchestrators and entities as their executor calls them: with hooks, and with the object that it makes in place of a payload. */
export function v3Functions(table: FunctionTable, invoker: Invoker): V3Functions {
  const made = new Map<AzureFunction, V3Function>();
  return {
    names: table.names,
    find(kind, name) {
      const found = table.find(kind, name);
      if (found === null) return null;
      const known = made.get(found) ?? v3Function(found, invoker);
      made.set(found, known);
      return known;
    },
  };
}

const v3Function = (fn: AzureFunction, invoker: Invoker): V3Function => ({
  name: fn.name,
  place: fn.place,
  call: (input, { instanceId, prepare }) =>
    invoker.call(fn, { given: { inputs: [input] }, prepare, instanceId, staysOpen: true, trace: null }),
});
