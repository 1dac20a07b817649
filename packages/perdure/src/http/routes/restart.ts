import { fault } from "../../errors/perdure-error.ts";
import { checkWait } from "../http-management.ts";
import type { ManagementCall } from "../management-call.ts";
import { messageResponse } from "../responses.ts";
import { existsResponse, waitOptions, waitResponse } from "./start.ts";

/** Row 11. As on Azure an unknown id is a bad request here. */
export async function restart(call: ManagementCall, instanceId: string): Promise<Response> {
  const { client, management, query, request } = call;
  if (call.isClosing()) throw fault("HOST_STOPPING");
  const wait = waitOptions(query);
  if (wait !== null) checkWait(wait);
  const id = query.boolean("restartWithNewInstanceId") === false ? { newInstanceId: instanceId, onExisting: call.onExisting } : {};
  const started = await client.reruns.restart({ instanceId, reason: query.text("reason"), ...id });
  if (started.kind === "notFound")
    return messageResponse(400, "InstanceId does not match a valid orchestration instance.", "INSTANCE_NOT_FOUND");
  if (started.kind === "conflict") return existsResponse(started.status);
  if (wait === null) return management.createCheckStatusResponse(request, started.instanceId);
  return waitResponse(call, started.instanceId, wait);
}
