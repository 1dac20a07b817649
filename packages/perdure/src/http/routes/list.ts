import { PAGE_BYTES } from "../../client/filters.ts";
import { isoTime } from "../../model/time.ts";
import type { ManagementCall } from "../management-call.ts";
import { jsonArrayResponse, jsonResponse, textResponse } from "../responses.ts";
import { CONTINUATION } from "../wire/continuation.ts";
import { statusObject } from "../wire/status-object.ts";
import { boolean, count, ParameterProblem, readOrder, readOwnFilter } from "./own-filters.ts";

/** The page is short, since as many rows were looked at as may be: up to this time. */
const REACHED = "x-perdure-reached-back-to";
const DEFAULT_PAGE = 100;
const DEFAULT_CAP = 10_000;
const NONE = '{"count":0,"exact":true}';
/** A page may be shorter than asked for: this and its bytes bound what one answer holds in memory. */
const LONGEST_PAGE = 1_000;

/** Row 3. */
export async function listInstances(call: ManagementCall): Promise<Response> {
  try {
    return await answer(call);
  } catch (error) {
    if (error instanceof ParameterProblem) return textResponse(400, `Nothing was listed: ${error.message}.`);
    throw error;
  }
}

async function answer(call: ManagementCall): Promise<Response> {
  const { client, query, request } = call;
  const own = readOwnFilter(query);
  const order = readOrder(query);
  const counts = boolean(query, "count") === true;
  const cap = count(query, "cap") ?? DEFAULT_CAP;
  const statuses = query.statuses("runtimeStatus");
  if (statuses?.length === 0) return jsonResponse(200, counts ? NONE : "[]");
  const filter = {
    ...own,
    createdFrom: query.date("createdTimeFrom"),
    createdTo: query.date("createdTimeTo"),
    statuses: statuses ?? [],
    idPrefix: query.nonBlank("instanceIdPrefix"),
    stopped: query.boolean("stopped"),
    // Azure's list has them.
    showEntities: boolean(query, "showEntities") ?? true,
  };
  if (counts) return jsonResponse(200, JSON.stringify(await client.count({ filter, cap })));
  const top = query.int("top");
  const token = request.headers.get(CONTINUATION)?.trim() ?? "";
  const shown = boolean(query, "showPayloads") ?? true;
  const input = shown && (query.boolean("showInput") ?? true);
  const details = query.boolean("showDetails") === true;
  const page = await client.query({
    ...filter,
    ...order,
    maxBytes: PAGE_BYTES,
    payloads: shown ? (input ? "all" : "withoutInput") : "none",
    limit: top === null || top <= 0 ? DEFAULT_PAGE : Math.min(top, LONGEST_PAGE),
    continuation: token === "" ? null : token,
  });
  const texts = page.instances.map((status) => statusObject(status, { input, details, history: null }));
  return jsonArrayResponse(200, texts, {
    ...(page.continuation === null ? {} : { [CONTINUATION]: page.continuation }),
    ...(page.reachedBackTo === null ? {} : { [REACHED]: isoTime(page.reachedBackTo) }),
  });
}
