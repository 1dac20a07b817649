import { definedOf } from "../model/options.ts";
import { originOf } from "./audit.ts";
import type { HubClient, RestartOutcome, RestartParams } from "./types.ts";

export interface RestartParts {
  readonly client: Pick<HubClient, "getStatus" | "start">;
  readonly by: string | null;
}

/** Starts an orchestration again from the input of its current execution: after continue-as-new that is not the first one. Nothing of its history is kept. */
export async function restartInstance({ client, by }: RestartParts, params: RestartParams): Promise<RestartOutcome> {
  const status = await client.getStatus(params.instanceId);
  if (status === null) return { kind: "notFound" };
  const { newInstanceId, onExisting, version } = params;
  return client.start({
    name: status.name,
    input: params.input === undefined ? status.input : params.input,
    tags: status.tags,
    note: { what: "restart", by, reason: params.reason ?? null, ...originOf(status) },
    ...definedOf({ instanceId: newInstanceId, onExisting, version }),
  });
}
