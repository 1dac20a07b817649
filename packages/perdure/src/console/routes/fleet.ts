import type { InspectedFailures } from "../../client/inspect/failure-types.ts";
import { isBuiltIn } from "../../errors/built-in-names.ts";
import { definedOf, optional, stringOption } from "../../model/options.ts";
import type { ConsoleCall } from "../call.ts";
import { timeOption } from "../instance-filter.ts";
import { queryOptions } from "../request-parts.ts";
import type { FunctionInfo, FunctionList } from "../wire.ts";

/** What live workers offer, and the HTTP functions of this host. */
export async function listFunctions({ inspector, hub, info }: ConsoleCall): Promise<FunctionList> {
  const offered = (await inspector.functions()).filter(({ name }) => !isBuiltIn(name));
  const prefix = info.paths.functions ?? "";
  const http = hub.httpFunctions().map(({ name, methods, route }): FunctionInfo => {
    const path = `${prefix === "/" ? "" : prefix}/${route}`;
    return { name, kind: "http", workers: [], versions: null, limit: null, route: { methods, path } };
  });
  return { functions: [...offered.map((one): FunctionInfo => ({ ...one, route: null })), ...http] };
}

export function readFailures(call: ConsoleCall): Promise<InspectedFailures> {
  const { where, inspector } = call;
  const options = queryOptions(call, { endedFrom: "number", name: "text", version: "text" });
  return inspector.failures(
    definedOf({
      endedFrom: optional(options, "endedFrom", where, timeOption),
      name: optional(options, "name", where, stringOption),
      version: optional(options, "version", where, stringOption),
    }),
  );
}
