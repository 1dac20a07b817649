import { entityIdProblem, instanceIdProblem } from "../../model/ids.ts";
import type { ManagementCall } from "../management-call.ts";
import { emptyResponse, jsonResponse, textResponse } from "../responses.ts";
import { readPurgeFilter } from "./purge-filter.ts";

/** Row 4. */
export async function purgeInstance(call: ManagementCall, instanceId: string): Promise<Response> {
  if (instanceIdProblem(instanceId) !== null && entityIdProblem(instanceId) !== null) return emptyResponse(404);
  switch (await call.client.purge(instanceId)) {
    case "deleted":
      return jsonResponse(200, '{"instancesDeleted":1}');
    case "notFound":
      return emptyResponse(404);
    case "notTerminal": {
      const status = (await call.client.getStatus(instanceId, "none"))?.runtimeStatus ?? "Running";
      return textResponse(
        412,
        `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${instanceId} has status ${status}`,
        "INSTANCE_NOT_TERMINAL",
      );
    }
  }
}

/** Row 5. Only terminal instances go, whatever the filter says; one that cannot be read deletes nothing. */
export async function purgeInstances({ client, query }: ManagementCall): Promise<Response> {
  const filter = readPurgeFilter(query);
  if ("problem" in filter) return textResponse(400, filter.problem);
  const deleted = await client.purgeBy(filter);
  return deleted === 0 ? emptyResponse(404) : jsonResponse(200, `{"instancesDeleted":${deleted}}`);
}
