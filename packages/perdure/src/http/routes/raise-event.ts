import { PerdureError } from "../../errors/perdure-error.ts";
import { instanceIdProblem } from "../../model/ids.ts";
import { isTerminal } from "../../model/status.ts";
import { readJsonBody } from "../json-body.ts";
import type { ManagementCall } from "../management-call.ts";
import { emptyResponse, messageResponse } from "../responses.ts";
import { callerOf } from "../trace-headers.ts";
import { deliveryResponse } from "./control.ts";
import { invalidJson } from "./start.ts";

/**
 * Row 6; the order of the checks is part of the wire (docs/design/http.md): 404, 410, content type, JSON. A request that is in order is delivered at once; the instance is
 * looked at only when there is something wrong with the request, since 404 and 410 come first.
 */
export async function raiseEvent(call: ManagementCall, instanceId: string, eventName: string): Promise<Response> {
  if (instanceIdProblem(instanceId) !== null) return emptyResponse(404);
  try {
    const refusal = await deliver(call, instanceId, eventName);
    return refusal.kind === "answer" ? refusal.response : ((await closedResponse(call, instanceId)) ?? refusal.response);
  } catch (error) {
    if (!(error instanceof PerdureError) || error.kind !== "client") throw error;
    const closed = await closedResponse(call, instanceId);
    if (closed === null) throw error;
    return closed;
  }
}

/** `badRequest`: nothing was delivered. */
async function deliver(
  call: ManagementCall,
  instanceId: string,
  name: string,
): Promise<{ readonly kind: "answer" | "badRequest"; readonly response: Response }> {
  const { client, body, maxJsonDepth, request } = call;
  const mediaType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json")
    return { kind: "badRequest", response: messageResponse(400, "Only application/json request content is supported") };
  const json = await readJsonBody(body, "event payload", maxJsonDepth);
  if (json.kind === "invalid") return { kind: "badRequest", response: invalidJson(json.problem) };
  const outcome = await client.raiseEvent({ instanceId, name, input: json.text, inputDepth: maxJsonDepth, ...callerOf(request) });
  return { kind: "answer", response: deliveryResponse(outcome) };
}

/** 404 or 410; null: it can take events. */
async function closedResponse({ client }: ManagementCall, instanceId: string): Promise<Response | null> {
  const status = await client.getStatus(instanceId, "none");
  if (status === null) return emptyResponse(404);
  return isTerminal(status.runtimeStatus) ? emptyResponse(410) : null;
}
