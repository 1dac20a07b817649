import { fault } from "../../errors/perdure-error.ts";
import { booleanOption, optional } from "../../model/options.ts";
import { ACTION_FIELDS, parseAct } from "../action-options.ts";
import type { Chosen } from "../bulk/slices.ts";
import type { ConsoleCall } from "../call.ts";
import { param } from "../call.ts";
import { INSTANCE_ACTIONS } from "../instance-actions.ts";
import { parseFilter } from "../instance-filter.ts";
import { bodyOptions, idsOption, limitOption } from "../request-parts.ts";
import type { BulkRun } from "../wire.ts";

const DEFAULT_PER_SECOND = 200;
const MOST_PER_SECOND = 10_000;
const MOST_IDS = 1_000;
const OWN_FIELDS = ["action", "filter", "ids", "dryRun", "perSecond"] as const;

export async function beginBulk(call: ConsoleCall): Promise<BulkRun> {
  const { where, bulk, hub, session } = call;
  const options = await bodyOptions(call, [
    ...OWN_FIELDS,
    ...new Set(
      Object.values(ACTION_FIELDS)
        .flat()
        .filter((name) => name !== "dryRun"),
    ),
  ]);
  const action = INSTANCE_ACTIONS.find((one) => one === options.action);
  if (action === undefined) throw fault("OPTION_INVALID", where, "action", options.action, `one of ${INSTANCE_ACTIONS.join(", ")}`);
  const isDry = optional(options, "dryRun", where, booleanOption) ?? false;
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !OWN_FIELDS.some((one) => one === name)));
  const foreign = Object.keys(own).find((name) => !ACTION_FIELDS[action].some((one) => one === name));
  if (foreign !== undefined) throw fault("OPTION_UNKNOWN", `${where} (${action})`, foreign, ACTION_FIELDS[action]);
  const chosen = chosenBy(options.filter, options.ids, where);
  const perSecond = limitOption(options, "perSecond", where, MOST_PER_SECOND, DEFAULT_PER_SECOND);
  if (isDry) return bulk.count({ action, chosen });
  const act = parseAct(action, own, call);
  if (hub.isClosing()) throw fault("HOST_STOPPING");
  return bulk.begin({
    ...{ act, chosen, perSecond },
    by: session.expiresAt === null ? "the console of this machine" : "the console, with a key",
  });
}

/** One of the two, since of none all instances would be meant. */
function chosenBy(filter: unknown, ids: unknown, where: string): Chosen {
  if ((filter === undefined) === (ids === undefined))
    throw fault("OPTION_INVALID", where, "filter", filter, "either filter or ids, and not both");
  return ids === undefined ? { filter: parseFilter(filter, where) } : { ids: [...new Set(idsOption({ ids }, where, MOST_IDS))] };
}

export const readBulk = (call: ConsoleCall): BulkRun => call.bulk.get(param(call, "run"));

export const cancelBulk = (call: ConsoleCall): BulkRun => call.bulk.cancel(param(call, "run"));
