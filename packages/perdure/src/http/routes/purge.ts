import { entityIdProblem, instanceIdProblem } from "../../model/ids.ts";
import type { ManagementCall } from "../management-call.ts";
import { emptyResponse, jsonResponse, textResponse } from "../responses.ts";
import { readPurgeFilter } from "./purge-filter.ts";

/** Row 4. */
export async function purgeInstance(call: ManagementCall, instanceId: string): Promise<Response> {
  if (instanceIdProblem(instanceId) !== null && entityIdProblem(instanceId) !== null) return emptyResponse(404);
  const recursive = recursiveOf(call);
  if (recursive === null) return textResponse(400, 'Nothing was purged: "recursive" is neither true nor false.');
  switch (await call.client.purge(instanceId, recursive, call.query.text("reason"))) {
    case "deleted":
      audit(call, "instance.purged", `"${instanceId}" was purged`, { instanceId, recursive });
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
export async function purgeInstances(call: ManagementCall): Promise<Response> {
  const { client, query } = call;
  const filter = readPurgeFilter(query);
  if ("problem" in filter) return textResponse(400, filter.problem);
  const deleted = await client.purgeBy(filter);
  if (deleted > 0) audit(call, "instances.purged", `${deleted} instances were purged`, { deleted, filter });
  return deleted === 0 ? emptyResponse(404) : jsonResponse(200, `{"instancesDeleted":${deleted}}`);
}

/** With the rows goes all that could say that they were there. */
function audit({ log }: ManagementCall, event: string, message: string, fields: object): void {
  if (log.enabled("info")) log.write({ level: "info", event, message, fields: { ...fields } });
}

function recursiveOf({ query }: ManagementCall): boolean | null {
  const given = query.all("recursive").length;
  return given === 0 ? false : given === 1 ? query.boolean("recursive") : null;
}
