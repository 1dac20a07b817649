import { isTerminal } from "../../model/status.ts";
import { readJsonBody } from "../json-body.ts";
import type { ManagementCall } from "../management-call.ts";
import { emptyResponse, messageResponse } from "../responses.ts";
import { deliveryResponse } from "./control.ts";
import { invalidJson } from "./start.ts";
import { findInstance } from "./status.ts";

/** Row 6; the order of the checks is part of the wire: 404, 410, content type, JSON. */
export async function raiseEvent(call: ManagementCall, instanceId: string, eventName: string): Promise<Response> {
  const status = await findInstance(call, instanceId);
  if (status === null) return emptyResponse(404);
  if (isTerminal(status.runtimeStatus)) return emptyResponse(410);
  const mediaType = call.request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") return messageResponse(400, "Only application/json request content is supported");
  const body = await readJsonBody(call.body, "event payload", call.maxJsonDepth);
  if (body.kind === "invalid") return invalidJson(body.problem);
  return deliveryResponse(await call.client.raiseEvent({ instanceId, name: eventName, input: body.text, inputDepth: call.maxJsonDepth }));
}
