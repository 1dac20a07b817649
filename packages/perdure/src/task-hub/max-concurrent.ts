import type { WorkerSettings } from "../engine/options.ts";
import { fault } from "../errors/perdure-error.ts";
import type { FunctionRegistry } from "../functions/registry.ts";
import { countOption, isRecord, parseOptions } from "../model/options.ts";

/** How many activities run at once in one process; more wait in line, or run in other processes. */
export interface MaxConcurrent {
  /** Of all activities together. Default 1,000. */
  readonly total?: number;
  /** Of single ones, by name; wins over `maxConcurrent` of the definition. */
  readonly each?: { readonly [activity: string]: number };
}

const OPTION = "maxConcurrent";

/** A number is the total. The limits of definitions hold also when nothing is given. Each name must be of an activity that is here. */
export function maxConcurrentSettings(
  registry: FunctionRegistry,
  where: string,
  given: unknown,
): Pick<WorkerSettings, "activityLimits"> & Partial<Pick<WorkerSettings, "maxConcurrentActivities">> {
  const activityLimits: { [activity: string]: number } = { ...registry.activityLimits };
  if (given === undefined) return { activityLimits };
  if (typeof given === "number") return { activityLimits, maxConcurrentActivities: countOption(given, where, OPTION) };
  if (!isRecord(given)) {
    throw fault("OPTION_INVALID", where, OPTION, given, "a whole number from 1, or { total, each: { NAME: number } }");
  }
  const { total, each } = parseOptions(given, ["total", "each"], `${where} ${OPTION}`);
  if (each !== undefined && !isRecord(each)) {
    throw fault("OPTION_INVALID", where, `${OPTION}.each`, each, "an object of numbers");
  }
  for (const [name, limit] of Object.entries(each ?? {})) {
    const activity = registry.find("activity", name);
    if (activity === null) throw fault("OPTION_UNKNOWN", `${where} ${OPTION}.each`, name, registry.names.activity);
    activityLimits[activity.name] = countOption(limit, where, `${OPTION}.each.${activity.name}`);
  }
  return { activityLimits, ...(total === undefined ? {} : { maxConcurrentActivities: countOption(total, where, `${OPTION}.total`) }) };
}
