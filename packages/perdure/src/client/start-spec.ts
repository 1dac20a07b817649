import type { ExecutionId, InstanceId } from "../model/ids.ts";
import type { StartSpec } from "../model/start.ts";
import { checkedVersion } from "../model/start-options.ts";
import { clampTime } from "../model/time.ts";
import type { StartParams } from "./types.ts";

export interface NewIds {
  readonly instanceId: InstanceId;
  readonly executionId: ExecutionId;
  /** Of the orchestrator, where the start names none. */
  readonly version: string | null;
}

/** What a client's start asks of the store. Throws VERSION_INVALID. */
export function startSpecOf({ name, input, version, tags = null, startAt = null }: StartParams, ids: NewIds): StartSpec {
  return {
    instanceId: ids.instanceId,
    executionId: ids.executionId,
    name,
    input,
    version: checkedVersion(version ?? ids.version),
    tags,
    parent: null,
    startAt: startAt === null ? null : clampTime(startAt),
  };
}
