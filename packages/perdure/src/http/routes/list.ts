import { PAGE_BYTES } from "../../client/filters.ts";
import type { ManagementCall } from "../management-call.ts";
import { jsonArrayResponse, jsonResponse } from "../responses.ts";
import { statusObject } from "../wire/status-object.ts";

const CONTINUATION = "x-ms-continuation-token";
const DEFAULT_PAGE = 100;
/** A page may be shorter than asked for: this and its bytes bound what one answer holds in memory. */
const LONGEST_PAGE = 1_000;

/** Row 3. */
export async function listInstances(call: ManagementCall): Promise<Response> {
  const { client, query, request } = call;
  const statuses = query.statuses("runtimeStatus");
  if (statuses?.length === 0) return jsonResponse(200, "[]");
  const top = query.int("top");
  const token = request.headers.get(CONTINUATION)?.trim() ?? "";
  const input = query.boolean("showInput") ?? true;
  const details = query.boolean("showDetails") === true;
  const page = await client.query({
    createdFrom: query.date("createdTimeFrom"),
    createdTo: query.date("createdTimeTo"),
    statuses: statuses ?? [],
    idPrefix: query.nonBlank("instanceIdPrefix"),
    stopped: query.boolean("stopped"),
    maxBytes: PAGE_BYTES,
    payloads: input ? "all" : "withoutInput",
    limit: top === null || top <= 0 ? DEFAULT_PAGE : Math.min(top, LONGEST_PAGE),
    continuation: token === "" ? null : token,
  });
  const texts = page.instances.map((status) => statusObject(status, { input, details, history: null }));
  return jsonArrayResponse(200, texts, page.continuation === null ? {} : { [CONTINUATION]: page.continuation });
}
