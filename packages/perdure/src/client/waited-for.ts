import { fault } from "../errors/perdure-error.ts";
import { sameName } from "../model/function-name.ts";
import { versionText } from "../model/versions.ts";
import type { HubClient, InstanceStatus } from "./types.ts";

/**
 * The status that was waited for. Throws INSTANCE_NOT_FOUND, the signal's own reason when it is aborted (also when it was before), and
 * RESULT_TIMEOUT when time is up.
 */
export async function waitedFor(client: HubClient, params: Parameters<HubClient["waitFor"]>[0]): Promise<InstanceStatus> {
  const { instanceId, until, timeoutMs, signal } = params;
  signal?.throwIfAborted();
  const status = await client.waitFor(params);
  if (status === null) throw fault("INSTANCE_NOT_FOUND", instanceId);
  if (until === "completed" ? status.completedTime !== null : status.runtimeStatus !== "Pending") return status;
  if (params.orStopped === true && status.stopped !== null) return status;
  signal?.throwIfAborted();
  throw fault("RESULT_TIMEOUT", instanceId, timeoutMs ?? 0, status.stopped ?? (await whatFor(client, status)));
}

/** What an instance waits for that has not come to its end in time. */
async function whatFor(client: HubClient, { runtimeStatus, name, version }: InstanceStatus) {
  if (runtimeStatus === "Suspended") return "forResume";
  const known = await client.knownFunctions({ orLastKnown: true });
  if (known === null) return "forWorker";
  if (known.orchestrator?.some((one) => sameName(one, name)) === false) return "forFunction";
  const taken = await client.versionsTakenInstead(name, version);
  return taken === null ? "forItsEnd" : { version: versionText(version), taken };
}
