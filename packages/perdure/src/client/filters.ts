import { fault } from "../errors/perdure-error.ts";
import { DATE_EXAMPLES, parseDateText } from "../model/date-text.ts";
import type { Tags } from "../model/history.ts";
import type { Options } from "../model/options.ts";
import { booleanOption, countOption, dateOption, definedOf, optional, parseOptions, stringOption } from "../model/options.ts";
import { tagsOption } from "../model/start-options.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { RUNTIME_STATUSES, runtimeStatusNamed } from "../model/status.ts";
import type { OrderedBy } from "../store/queries.ts";
import type { ClientFilter, ClientQuery } from "./types.ts";

const RANGE = ["runtimeStatus", "createdFrom", "createdTo"];
const FILTER = [
  ...[...RANGE, "instanceIdPrefix", "stopped", "name", "version", "open", "endedFrom", "endedTo", "parentInstanceId", "tags", "errorText"],
];
const STATUS_QUERY = [...FILTER, "orderBy", "newestFirst", "showInput", "showPayloads", "pageSize"];
const ORDERS = ["created", "ended"] as const;
const PAGE = 100;
const COUNT_CAP = 10_000;
/** Of inputs, outputs and custom status: what a page holds in memory, whatever its size in instances. */
export const PAGE_BYTES = 4 * 1_024 * 1_024;

export interface ParsedQuery {
  readonly query: ClientQuery;
  readonly showInput: boolean;
}

type Range = Pick<ClientFilter, "createdFrom" | "createdTo" | "statuses">;

/** A filter that cannot be read is refused: it must not find more than was meant. A key whose value is undefined counts as left out. */
export function parseStatusQuery(given: unknown, where: string, known: readonly string[] = []): ParsedQuery {
  const options = readOnce(given, [...STATUS_QUERY, ...known], where);
  const shown = optional(options, "showPayloads", where, booleanOption) ?? true;
  const showInput = optional(options, "showInput", where, booleanOption) ?? shown;
  if (showInput && !shown) throw fault("OPTION_INVALID", where, "showInput", showInput, "false, together with showPayloads: false");
  return {
    query: {
      ...filterOf(options, where),
      orderBy: optional(options, "orderBy", where, orderOption) ?? "created",
      newestFirst: optional(options, "newestFirst", where, booleanOption) ?? false,
      limit: optional(options, "pageSize", where, countOption) ?? PAGE,
      maxBytes: PAGE_BYTES,
      payloads: shown ? (showInput ? "all" : "withoutInput") : "none",
      continuation: optional(options, "continuation", where, stringOption) ?? null,
    },
    showInput,
  };
}

export function parseCountOptions(given: unknown, where: string): { readonly cap: number } {
  return { cap: optional(parseOptions(given, ["cap"], where), "cap", where, countOption) ?? COUNT_CAP };
}

export const parseStatusFilter = (given: unknown, where: string): ClientFilter => filterOf(readOnce(given, FILTER, where), where);

export function filterOf(options: Options, where: string): ClientFilter {
  return {
    ...parseRange(options, where),
    idPrefix: optional(options, "instanceIdPrefix", where, textOption) ?? null,
    stopped: optional(options, "stopped", where, booleanOption) ?? null,
    showEntities: false,
    ...definedOf({
      open: optional(options, "open", where, booleanOption),
      endedFrom: optional(options, "endedFrom", where, timeOption),
      endedTo: optional(options, "endedTo", where, timeOption),
    }),
    ...textParts(options, where),
  };
}

export function textParts(
  options: Options,
  where: string,
): Pick<ClientFilter, "name" | "version" | "parentInstanceId" | "tags" | "errorText"> {
  return definedOf({
    name: optional(options, "name", where, textOption),
    version: optional(options, "version", where, textOption),
    parentInstanceId: optional(options, "parentInstanceId", where, textOption),
    tags: optional(options, "tags", where, someTags),
    errorText: optional(options, "errorText", where, textOption),
  });
}

/** Each value is read once: what was checked is what counts, also where a getter answers differently the next time. */
export function readOnce(filter: unknown, known: readonly string[], where: string): Options {
  const options = parseOptions(filter, known, where);
  return Object.fromEntries(known.filter((option) => option in options).map((option) => [option, options[option]]));
}

export function checkRange({ createdFrom, createdTo, statuses }: Range, where: string): void {
  for (const [option, value] of Object.entries({ createdFrom, createdTo })) {
    if (value !== null && !Number.isFinite(value)) throw fault("OPTION_INVALID", where, option, value, "milliseconds since 1970, or null");
  }
  const known: readonly unknown[] = RUNTIME_STATUSES;
  if (!Array.isArray(statuses) || !statuses.every((status) => known.includes(status)))
    throw fault("OPTION_INVALID", where, "statuses", statuses, `a list of ${RUNTIME_STATUSES.join(", ")}; an empty one means any`);
}

const parseRange = (options: Options, where: string): Range => ({
  createdFrom: optional(options, "createdFrom", where, timeOption) ?? null,
  createdTo: optional(options, "createdTo", where, timeOption) ?? null,
  statuses: optional(options, "runtimeStatus", where, statusesOption) ?? [],
});

export function timeOption(value: unknown, where: string, option: string): number {
  if (typeof value !== "string") return dateOption(value, where, option);
  const ms = parseDateText(value);
  if (ms === null) throw fault("OPTION_INVALID", where, option, value, `a Date, or a string such as ${DATE_EXAMPLES}`);
  return ms;
}

/** An empty one would mean any. */
export function textOption(value: unknown, where: string, option: string): string {
  const text = stringOption(value, where, option);
  if (text === "") throw fault("OPTION_INVALID", where, option, value, "a string that is not empty");
  return text;
}

function someTags(value: unknown, where: string, option: string): Tags {
  const tags = tagsOption(value, where, option);
  if (tags === null || Object.keys(tags).length === 0)
    throw fault("OPTION_INVALID", where, option, value, "an object with at least one tag");
  return tags;
}

function orderOption(value: unknown, where: string, option: string): OrderedBy {
  const order = ORDERS.find((one) => one === value);
  if (order === undefined) throw fault("OPTION_INVALID", where, option, value, `one of ${ORDERS.join(", ")}`);
  return order;
}

function statusesOption(value: unknown, where: string, option: string): readonly RuntimeStatus[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : [];
  const statuses = names.map((name) => (typeof name === "string" ? runtimeStatusNamed(name) : null)).filter((status) => status !== null);
  if (statuses.length === 0 || statuses.length < names.length)
    throw fault("OPTION_INVALID", where, option, value, `a list of at least one of ${RUNTIME_STATUSES.join(", ")}`);
  return statuses;
}
