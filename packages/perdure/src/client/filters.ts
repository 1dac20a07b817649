import { fault } from "../errors/perdure-error.ts";
import type { Options } from "../model/options.ts";
import { booleanOption, countOption, dateOption, optional, parseOptions, textOption } from "../model/options.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { RUNTIME_STATUSES } from "../model/status.ts";
import type { InstanceQuery } from "../store/contract.ts";

const STATUS_FILTER = ["runtimeStatus", "createdFrom", "createdTo", "instanceIdPrefix", "showInput", "pageSize"];
const PURGE_FILTER = ["runtimeStatus", "createdFrom", "createdTo"];
const PAGE = 100;

export interface ParsedFilter {
  readonly query: Omit<InstanceQuery, "continuation">;
  readonly showInput: boolean;
}

/** A filter that cannot be read is refused: it must not find more than was meant. */
export function parseStatusFilter(filter: unknown, where: string): ParsedFilter {
  const options = parseOptions(filter, STATUS_FILTER, where);
  return {
    query: {
      ...parseRange(options, where),
      idPrefix: optional(options, "instanceIdPrefix", where, textOption) ?? null,
      limit: optional(options, "pageSize", where, countOption) ?? PAGE,
    },
    showInput: optional(options, "showInput", where, booleanOption) ?? true,
  };
}

export const parsePurgeFilter = (filter: unknown, where: string): Range => parseRange(parseOptions(filter, PURGE_FILTER, where), where);

type Range = Pick<InstanceQuery, "createdFrom" | "createdTo" | "statuses">;

const parseRange = (options: Options, where: string): Range => ({
  createdFrom: optional(options, "createdFrom", where, dateOption) ?? null,
  createdTo: optional(options, "createdTo", where, dateOption) ?? null,
  statuses: optional(options, "runtimeStatus", where, statusesOption) ?? [],
});

function statusesOption(value: unknown, where: string, option: string): readonly RuntimeStatus[] {
  const statuses = Array.isArray(value) ? value.map((one) => RUNTIME_STATUSES.find((known) => known === one)) : [undefined];
  if (statuses.length === 0 || statuses.includes(undefined))
    throw fault("OPTION_INVALID", where, option, value, `a list of ${RUNTIME_STATUSES.join(", ")}`);
  return statuses.filter((status) => status !== undefined);
}
