import type { InspectFilter } from "../client/inspect/types.ts";
import { fault } from "../errors/perdure-error.ts";
import type { Tags } from "../model/history.ts";
import type { Options } from "../model/options.ts";
import { booleanOption, definedOf, optional, parseOptions, stringOption } from "../model/options.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { RUNTIME_STATUSES, runtimeStatusNamed } from "../model/status.ts";
import type { QuerySpec } from "./request-parts.ts";
import { wholeOption } from "./request-parts.ts";

/** How its parts are written in a query. */
export const FILTER_QUERY = {
  status: "list",
  open: "boolean",
  stopped: "boolean",
  name: "text",
  version: "text",
  idPrefix: "text",
  tag: "list",
  createdFrom: "number",
  createdTo: "number",
  endedFrom: "number",
  endedTo: "number",
  parentId: "text",
  errorText: "text",
} as const satisfies QuerySpec & { readonly [Part in keyof Omit<InspectFilter, "tags">]-?: QuerySpec[string] };

export const parseFilter = (given: unknown, where: string): InspectFilter =>
  filterOf(parseOptions(given, Object.keys(FILTER_QUERY), where), where);

export function filterOf(options: Options, where: string): InspectFilter {
  const time = (name: string) => optional(options, name, where, timeOption);
  const text = (name: string) => optional(options, name, where, stringOption);
  const word = (name: string) => optional(options, name, where, booleanOption);
  return definedOf({
    status: optional(options, "status", where, statusesOption),
    open: word("open"),
    stopped: word("stopped"),
    name: text("name"),
    version: text("version"),
    idPrefix: text("idPrefix"),
    tags: optional(options, "tag", where, tagsOption),
    createdFrom: time("createdFrom"),
    createdTo: time("createdTo"),
    endedFrom: time("endedFrom"),
    endedTo: time("endedTo"),
    parentId: text("parentId"),
    errorText: text("errorText"),
  });
}

export const timeOption = (value: unknown, where: string, option: string): number =>
  wholeOption(value, where, option, "milliseconds since 1970");

function statusesOption(value: unknown, where: string, option: string): readonly RuntimeStatus[] {
  const found = Array.isArray(value) ? value.map((one) => runtimeStatusNamed(String(one))) : [null];
  const statuses = found.filter((status) => status !== null);
  if (statuses.length < found.length) throw fault("OPTION_INVALID", where, option, value, `a list of ${RUNTIME_STATUSES.join(", ")}`);
  return statuses;
}

function tagsOption(value: unknown, where: string, option: string): Tags {
  const pairs = (Array.isArray(value) ? value : [null]).map((text) => /^([^:]+):(.*)$/s.exec(String(text)));
  if (pairs.includes(null)) throw fault("OPTION_INVALID", where, option, value, 'tags such as "region:eu"');
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
}
