import type { InstanceStatus } from "../../client/types.ts";
import { entityIdProblem, instanceIdProblem, isBuiltInId, storedIdProblem } from "../../model/ids.ts";
import { isTerminal } from "../../model/status.ts";
import { externalOrigin } from "../external-origin.ts";
import type { ManagementCall } from "../management-call.ts";
import { emptyResponse, jsonResponse } from "../responses.ts";
import { shapeHistory } from "../wire/history-shaping.ts";
import { statusObject } from "../wire/status-object.ts";

/** Row 2. */
export async function getStatus(call: ManagementCall, instanceId: string): Promise<Response> {
  const isBuiltIn = isBuiltInId(instanceId) && storedIdProblem(instanceId) === null;
  if (!isBuiltIn && instanceIdProblem(instanceId) !== null && entityIdProblem(instanceId) !== null) return emptyResponse(404);
  const status = await call.client.getStatus(instanceId, call.query.boolean("showInput") === false ? "withoutInput" : "all");
  if (status === null) return emptyResponse(404);
  return statusResponse(call, status, call.query.boolean("returnInternalServerErrorOnFailure") === true);
}

export async function statusResponse(call: ManagementCall, status: InstanceStatus, failedIs500: boolean): Promise<Response> {
  const { query } = call;
  const showInput = query.boolean("showInput") ?? true;
  const history = query.boolean("showHistory") === true ? await historyJson(call, status, showInput) : null;
  const details = query.boolean("showDetails") === true;
  const waitingFor = query.boolean("showWaitingFor") === true ? await call.client.waitingFor(status.instanceId) : undefined;
  const body = statusObject(status, { input: showInput, details, history, waitingFor });
  if (!isTerminal(status.runtimeStatus)) {
    return jsonResponse(202, body, { Location: ownUrl(call), "Retry-After": "5", ...stoppedHeader(status) });
  }
  return jsonResponse(failedIs500 && status.runtimeStatus === "Failed" ? 500 : 200, body);
}

/** Why it is stopped, when it is: `CODE percent-encoded-message`. The body has no place for it, its fields are Azure's. */
export const STOPPED_HEADER = "x-perdure-stopped";

function stoppedHeader({ stopped }: InstanceStatus): { readonly [name: string]: string } {
  return stopped === null ? {} : { [STOPPED_HEADER]: `${stopped.code} ${encodeURIComponent(stopped.message.toWellFormed())}` };
}

/** Where to ask again: this URL, under the origin that the caller knows. */
function ownUrl(call: ManagementCall): string {
  const url = new URL(call.request.url);
  return `${externalOrigin(call.request, call.forwardedHost)}${url.pathname}${url.search}`;
}

/** A Pending instance has no history yet. */
async function historyJson(call: ManagementCall, status: InstanceStatus, showInput: boolean): Promise<string | null> {
  if (status.runtimeStatus === "Pending") return null;
  const events = await call.client.getHistory(status.instanceId);
  if (events === null) return null;
  const { query } = call;
  const [showHistoryOutput, showDetails] = [query.boolean("showHistoryOutput") === true, query.boolean("showDetails") === true];
  return shapeHistory(events, { showInput, showHistoryOutput, showDetails });
}
