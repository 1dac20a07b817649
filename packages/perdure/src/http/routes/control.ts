import type { DeliverOutcome } from "../../client/types.ts";
import { assertNever } from "../../model/assert-never.ts";
import { entityIdProblem, instanceIdProblem } from "../../model/ids.ts";
import { isTerminal } from "../../model/status.ts";
import type { ManagementCall } from "../management-call.ts";
import type { ControlOperation } from "../management-path.ts";
import { emptyResponse, exceptionResponse, SOMETHING_WENT_WRONG } from "../responses.ts";

/**
 * Rows 7 to 9. A second suspend, or a resume of what is not suspended, is 500 on the wire: Azure's client throws there. An instance that was
 * stopped may be resumed whatever its status: that is how an operator makes it run again.
 */
export async function control(call: ManagementCall, operation: ControlOperation, instanceId: string): Promise<Response> {
  const { client, query } = call;
  const reason = query.text("reason");
  if (instanceIdProblem(instanceId) !== null && !(operation === "resume" && entityIdProblem(instanceId) === null))
    return emptyResponse(404);
  if (operation === "terminate") {
    const recursive = query.boolean("recursive") === true;
    return deliveryResponse(await client.terminate({ instanceId, reason, recursive }));
  }
  // Whether a suspend or a resume is refused depends on the state, and what is refused must not be delivered: these two look first.
  const status = await client.getStatus(instanceId, "none");
  if (status === null) return emptyResponse(404);
  if (isTerminal(status.runtimeStatus)) return emptyResponse(410);
  const isSuspended = status.runtimeStatus === "Suspended";
  if ((operation === "suspend" && isSuspended) || (operation === "resume" && !isSuspended && status.stopped === null)) {
    return exceptionResponse(500, SOMETHING_WENT_WRONG, {
      type: "System.InvalidOperationException",
      message: `Cannot ${operation} the orchestration instance ${instanceId} because instance is in the ${status.runtimeStatus} state.`,
    });
  }
  switch (operation) {
    case "suspend":
      return deliveryResponse(await client.suspend({ instanceId, reason }));
    case "resume":
      return deliveryResponse(await client.resume({ instanceId, reason }));
    default:
      return assertNever(operation);
  }
}

/** As the store answers, whatever status was read before. */
export function deliveryResponse({ outcome }: DeliverOutcome): Response {
  switch (outcome) {
    case "delivered":
      return emptyResponse(202);
    case "notFound":
      return emptyResponse(404);
    case "done":
      return emptyResponse(410);
    default:
      return assertNever(outcome);
  }
}
