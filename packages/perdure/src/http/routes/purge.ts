import type { ManagementCall } from "../management-api.ts";
import { emptyResponse, jsonResponse, textResponse } from "../responses.ts";
import { findInstance } from "./status.ts";

/** Row 4. */
export async function purgeInstance(call: ManagementCall, instanceId: string): Promise<Response> {
  const status = await findInstance(call, instanceId);
  if (status === null) return emptyResponse(404);
  switch (await call.client.purge(instanceId)) {
    case "deleted":
      return jsonResponse(200, '{"instancesDeleted":1}');
    case "notFound":
      return emptyResponse(404);
    case "notTerminal":
      return textResponse(
        412,
        `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${instanceId} has status ${status.runtimeStatus}`,
      );
  }
}

/** Row 5. Only terminal instances go, whatever the filter says. */
export async function purgeInstances(call: ManagementCall): Promise<Response> {
  const { client, query } = call;
  const createdFrom = query.date("createdTimeFrom");
  if (createdFrom === null) return textResponse(400, "Please provide value for 'createdTimeFrom' parameter.");
  const statuses = query.statuses("runtimeStatus");
  if (statuses?.length === 0) return emptyResponse(404);
  const deleted = await client.purgeBy({ createdFrom, createdTo: query.date("createdTimeTo"), statuses: statuses ?? [] });
  return deleted === 0 ? emptyResponse(404) : jsonResponse(200, `{"instancesDeleted":${deleted}}`);
}
