import type { ManagementCall } from "../management-call.ts";
import { emptyResponse, jsonResponse } from "../responses.ts";

/** Row 10. Nothing is decided by a read before it: the store has the last word on whether it has failed. */
export async function rewind({ client, query }: ManagementCall, instanceId: string): Promise<Response> {
  const dryRun = query.boolean("dryRun") === true;
  const outcome = await client.reruns.rewind({ instanceId, reason: query.text("reason"), dryRun });
  if (outcome.kind === "rewound") return dryRun ? jsonResponse(200, JSON.stringify(outcome.plan)) : emptyResponse(202);
  return emptyResponse(outcome.kind === "notFound" ? 404 : 412);
}
