import type { HistoryPage } from "../../client/inspect/shown-history.ts";
import { LONGEST_HISTORY_PAGE } from "../../client/inspect/types.ts";
import { fault } from "../../errors/perdure-error.ts";
import { optional, stringOption } from "../../model/options.ts";
import { JSON_TYPE, NOT_KEPT, securedResponse } from "../answers.ts";
import type { ConsoleCall } from "../call.ts";
import { param } from "../call.ts";
import { limitOption, queryOptions, wholeOption } from "../request-parts.ts";
import { found } from "./instances.ts";

export async function readHistory(call: ConsoleCall): Promise<HistoryPage> {
  const { where, inspector } = call;
  const options = queryOptions(call, { generation: "number", from: "number", limit: "number", tail: "number" });
  const limit = (name: "limit" | "tail") => limitOption(options, name, where, LONGEST_HISTORY_PAGE, LONGEST_HISTORY_PAGE);
  const from = optional(options, "from", where, wholeOption) ?? 0;
  const part = options.tail === undefined ? { from, limit: limit("limit") } : { tail: limit("tail") };
  const page = await found(call, inspector.history(param(call, "id"), part));
  const generation = optional(options, "generation", where, wholeOption);
  // What is asked for in pages must not come from two histories: of two generations only one is still there.
  return generation === undefined || generation === page.generation ? page : { ...page, events: [], next: null, first: 0 };
}

/** One payload, whole: the text as it was recorded, or with masks. */
export async function readPayload(call: ConsoleCall): Promise<Response> {
  const { inspector, payloads, where } = call;
  const at = optional(queryOptions(call, { at: "text" }), "at", where, stringOption) ?? "";
  if (payloads.policy === "hide") throw fault("CONSOLE_PAYLOADS_HIDDEN");
  const text = await inspector.payload(param(call, "id"), at);
  if (text === null) throw fault("CONSOLE_NOT_FOUND", `${where}: the payload ${JSON.stringify(at)} of "${param(call, "id")}"`);
  return securedResponse(text, 200, { ...JSON_TYPE, ...NOT_KEPT });
}
