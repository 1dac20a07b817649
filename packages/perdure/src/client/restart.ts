import type { HubClient, RestartOutcome, RestartParams } from "./types.ts";

/** Starts an orchestration again from the input of its current execution: after continue-as-new that is not the first one. Nothing of its history is kept. */
export async function restartInstance(client: Pick<HubClient, "getStatus" | "start">, params: RestartParams): Promise<RestartOutcome> {
  const status = await client.getStatus(params.instanceId);
  if (status === null) return { kind: "notFound" };
  const { newInstanceId, version } = params;
  return client.start({
    name: status.name,
    input: params.input === undefined ? status.input : params.input,
    tags: status.tags,
    ...(version === undefined ? {} : { version }),
    ...(newInstanceId === undefined ? {} : { instanceId: newInstanceId }),
  });
}
