import { fault } from "../errors/perdure-error.ts";
import { OrchestrationFailedError, OrchestrationTerminatedError } from "../functions/errors.ts";
import type { Failure } from "../model/failure.ts";
import type { Payload } from "../model/payload.ts";
import type { ParsedWait } from "./arguments.ts";
import type { HubClient } from "./types.ts";
import { waitedFor } from "./waited-for.ts";

/**
 * The output of an instance once it has completed. Throws OrchestrationFailedError with the real cause when it failed,
 * OrchestrationTerminatedError with the reason when it was terminated, INSTANCE_STOPPED when it is stopped until it is resumed or other code
 * comes, RESULT_TIMEOUT when time is up, INSTANCE_NOT_FOUND.
 */
export async function resultOf(
  client: HubClient,
  decode: (text: Payload | null) => unknown,
  instanceId: string,
  wait: ParsedWait,
): Promise<unknown> {
  const status = await waitedFor(client, { instanceId, until: "completed", orStopped: true, ...wait });
  if (status.stopped !== null) throw fault("INSTANCE_STOPPED", instanceId, status.stopped);
  if (status.runtimeStatus === "Completed") return decode(status.output);
  const reason = decode(status.output);
  const text = typeof reason === "string" ? reason : null;
  if (status.runtimeStatus === "Terminated") throw new OrchestrationTerminatedError(status.name, instanceId, text);
  const shown: Failure = { errorType: "Error", message: text ?? status.runtimeStatus };
  throw new OrchestrationFailedError(status.name, instanceId, (await recordedFailure(client, instanceId)) ?? shown);
}

/** The row shows the message; the whole failure is in the last event of the history. */
async function recordedFailure(client: HubClient, instanceId: string): Promise<Failure | null> {
  const last = (await client.getHistory(instanceId))?.at(-1);
  return last?.kind === "ExecutionCompleted" ? (last.failure ?? null) : null;
}
