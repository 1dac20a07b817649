import type { ManagementCall } from "../management-call.ts";
import { emptyResponse } from "../responses.ts";

/** Row 10. Nothing is decided by a read before it: the store has the last word on whether it has failed. */
export async function rewind({ client, query }: ManagementCall, instanceId: string): Promise<Response> {
  const outcome = await client.reruns.rewind({ instanceId, reason: query.text("reason"), dryRun: false });
  if (outcome.kind === "rewound") return emptyResponse(202);
  return emptyResponse(outcome.kind === "notFound" ? 404 : 412);
}
