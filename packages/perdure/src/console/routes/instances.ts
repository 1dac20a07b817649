import type { Doing, InspectedList, InspectedRow, InspectQuery, Why } from "../../client/inspect/types.ts";
import { MOST_DOING, MOST_LOOKED_UP } from "../../client/inspect/types.ts";
import { fault } from "../../errors/perdure-error.ts";
import { definedOf, optional, stringOption } from "../../model/options.ts";
import type { ConsoleCall } from "../call.ts";
import { param } from "../call.ts";
import { FILTER_QUERY, filterOf } from "../instance-filter.ts";
import { bodyOptions, idsOption, limitOption, queryOptions } from "../request-parts.ts";
import type { InstanceDetail } from "../wire.ts";

const PAGE = 100;
const LONGEST_PAGE = 1_000;

const ORDERS = {
  newest: { orderBy: "created", newestFirst: true },
  oldest: { orderBy: "created", newestFirst: false },
  ended: { orderBy: "ended", newestFirst: true },
} as const satisfies { readonly [order: string]: Pick<InspectQuery, "orderBy" | "newestFirst"> };

export function listInstances(call: ConsoleCall): Promise<InspectedList> {
  const { where, inspector } = call;
  const options = queryOptions(call, { ...FILTER_QUERY, order: "text", limit: "number", cursor: "text" });
  return inspector.list({
    ...filterOf(options, where),
    ...(optional(options, "order", where, orderOption) ?? ORDERS.newest),
    limit: limitOption(options, "limit", where, LONGEST_PAGE, PAGE),
    ...definedOf({ cursor: optional(options, "cursor", where, stringOption) }),
  });
}

function orderOption(value: unknown, where: string, option: string): (typeof ORDERS)[keyof typeof ORDERS] {
  const order = Object.entries(ORDERS).find(([name]) => name === value);
  if (order === undefined) throw fault("OPTION_INVALID", where, option, value, `one of ${Object.keys(ORDERS).join(", ")}`);
  return order[1];
}

/** What is visible, again. */
export async function lookUp(call: ConsoleCall): Promise<readonly InspectedRow[]> {
  return call.inspector.lookup(idsOption(await bodyOptions(call, ["ids"]), call.where, MOST_LOOKED_UP));
}

export async function readDoing(call: ConsoleCall): Promise<readonly Doing[]> {
  return call.inspector.doing(idsOption(await bodyOptions(call, ["ids"]), call.where, MOST_DOING));
}

export async function readInstance(call: ConsoleCall): Promise<InstanceDetail> {
  const detail = await found(call, call.inspector.instance(param(call, "id")));
  call.holders.sawRow(detail.row);
  return { ...detail, heldBy: call.holders.of(detail.row.id) };
}

export async function readWhy(call: ConsoleCall): Promise<Why> {
  const why = await found(call, call.inspector.why(param(call, "id")));
  call.holders.saw(
    param(call, "id"),
    why.waits.map(({ worker }) => worker),
  );
  return why;
}

/** Throws INSTANCE_NOT_FOUND. */
export async function found<Answer>(call: ConsoleCall, answer: Promise<Answer | null>): Promise<Answer> {
  const value = await answer;
  if (value === null) throw fault("INSTANCE_NOT_FOUND", param(call, "id"));
  return value;
}
