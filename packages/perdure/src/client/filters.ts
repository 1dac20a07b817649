import { fault } from "../errors/perdure-error.ts";
import { DATE_EXAMPLES, parseDateText } from "../model/date-text.ts";
import type { Options } from "../model/options.ts";
import { booleanOption, countOption, dateOption, optional, parseOptions, stringOption } from "../model/options.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { RUNTIME_STATUSES, runtimeStatusNamed } from "../model/status.ts";
import type { InstanceQuery } from "../store/contract.ts";

const RANGE = ["runtimeStatus", "createdFrom", "createdTo"];
const STATUS_FILTER = [...RANGE, "instanceIdPrefix", "stopped", "showInput", "pageSize"];
const PURGE_FILTER = [...RANGE, "dryRun"];
const PLAIN_PURGE = ["createdFrom", "createdTo", "statuses"];
const PAGE = 100;
/** Of inputs, outputs and custom status: what a page holds in memory, whatever its size in instances. */
export const PAGE_BYTES = 4 * 1_024 * 1_024;

export interface ParsedFilter {
  readonly query: Omit<InstanceQuery, "continuation">;
  readonly showInput: boolean;
}

export type Range = Pick<InstanceQuery, "createdFrom" | "createdTo" | "statuses">;

/** A filter that cannot be read is refused: it must not find more than was meant. A key whose value is undefined counts as left out. */
export function parseStatusFilter(filter: unknown, where: string): ParsedFilter {
  const options = readOnce(filter, STATUS_FILTER, where);
  const showInput = optional(options, "showInput", where, booleanOption) ?? true;
  return {
    query: {
      ...parseRange(options, where),
      idPrefix: optional(options, "instanceIdPrefix", where, prefixOption) ?? null,
      stopped: optional(options, "stopped", where, booleanOption) ?? null,
      limit: optional(options, "pageSize", where, countOption) ?? PAGE,
      maxBytes: PAGE_BYTES,
      showEntities: false,
      showInput,
    },
    showInput,
  };
}

/**
 * Stricter: each part that is dropped deletes more than was meant. So a value that is undefined (a setting that is missing) is refused, and a
 * filter without any range.
 */
export function parsePurgeFilter(filter: unknown, where: string): { readonly range: Range; readonly dryRun: boolean } {
  const options = readOnce(filter, PURGE_FILTER, where);
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined)
      throw fault(
        "OPTION_INVALID",
        where,
        option,
        value,
        "a value; leave the key out if it is not wanted (an undefined one could delete more than was meant)",
      );
  }
  if (!RANGE.some((option) => Object.hasOwn(options, option))) {
    const all = "{ createdFrom: new Date(0) } means all finished instances";
    throw fault("OPTION_INVALID", where, "filter", filter, `at least one of ${RANGE.join(", ")}; ${all}`);
  }
  return { range: parseRange(options, where), dryRun: optional(options, "dryRun", where, booleanOption) ?? false };
}

/** Each value is read once: what was checked is what counts, also where a getter answers differently the next time. */
function readOnce(filter: unknown, known: readonly string[], where: string): Options {
  const options = parseOptions(filter, known, where);
  return Object.fromEntries(known.filter((option) => option in options).map((option) => [option, options[option]]));
}

/** For a caller that speaks to a hub without the typed client: there each part is named, and what the type does not have is refused. */
export function parsePlainPurge(params: unknown, where: string): Range {
  const { createdFrom, createdTo, statuses } = readOnce(params, PLAIN_PURGE, where);
  // Safe: checked in the next line.
  const range = { createdFrom, createdTo, statuses } as Range;
  checkRange(range, where);
  return range;
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

function timeOption(value: unknown, where: string, option: string): number {
  if (typeof value !== "string") return dateOption(value, where, option);
  const ms = parseDateText(value);
  if (ms === null) throw fault("OPTION_INVALID", where, option, value, `a Date, or a string such as ${DATE_EXAMPLES}`);
  return ms;
}

function prefixOption(value: unknown, where: string, option: string): string {
  const prefix = stringOption(value, where, option);
  if (prefix === "") throw fault("OPTION_INVALID", where, option, value, "a string that is not empty");
  return prefix;
}

function statusesOption(value: unknown, where: string, option: string): readonly RuntimeStatus[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : [];
  const statuses = names.map((name) => (typeof name === "string" ? runtimeStatusNamed(name) : null)).filter((status) => status !== null);
  if (statuses.length === 0 || statuses.length < names.length)
    throw fault("OPTION_INVALID", where, option, value, `a list of at least one of ${RUNTIME_STATUSES.join(", ")}`);
  return statuses;
}
