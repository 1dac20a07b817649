import { fault } from "../errors/perdure-error.ts";
import { OrchestrationFailedError } from "../functions/errors.ts";
import type { Failure } from "../model/failure.ts";
import type { Payload } from "../model/payload.ts";
import { isTerminal } from "../model/status.ts";
import type { HubClient } from "./types.ts";

/**
 * The output of an instance once it has completed. Throws OrchestrationFailedError with the real cause when it failed or was terminated,
 * RESULT_TIMEOUT when time is up, INSTANCE_NOT_FOUND.
 */
export async function resultOf(
  client: HubClient,
  decode: (text: Payload | null) => unknown,
  instanceId: string,
  timeoutMs: number | null,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const status = await client.waitFor({ instanceId, until: "completed", timeoutMs, ...(signal === undefined ? {} : { signal }) });
  if (status === null) throw fault("INSTANCE_NOT_FOUND", instanceId);
  if (!isTerminal(status.runtimeStatus)) throw fault("RESULT_TIMEOUT", instanceId, timeoutMs ?? 0);
  if (status.runtimeStatus === "Completed") return decode(status.output);
  const reason = decode(status.output);
  const shown: Failure = {
    errorType: status.runtimeStatus === "Failed" ? "Error" : "OrchestrationTerminatedError",
    message: typeof reason === "string" ? reason : status.runtimeStatus,
  };
  throw new OrchestrationFailedError(status.name, instanceId, (await recordedFailure(client, instanceId)) ?? shown);
}

/** The row shows the message; the whole failure stands in the last event of the history. */
async function recordedFailure(client: HubClient, instanceId: string): Promise<Failure | null> {
  const last = (await client.getHistory(instanceId))?.at(-1);
  return last?.kind === "ExecutionCompleted" ? (last.failure ?? null) : null;
}
