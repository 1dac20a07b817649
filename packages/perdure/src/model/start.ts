import type { ParentRef, Tags } from "./history.ts";
import type { ExecutionId, InstanceId } from "./ids.ts";
import type { Payload } from "./payload.ts";

/** All that is needed to begin an orchestration. */
export interface StartSpec {
  readonly instanceId: InstanceId;
  /** Minted by the caller: a start that finds its own execution id already there is its own retry, and has succeeded. */
  readonly executionId: ExecutionId;
  readonly name: string;
  readonly input: Payload | null;
  readonly version: string | null;
  readonly tags: Tags | null;
  readonly parent: ParentRef | null;
  /** Scheduled start, ms since 1970; null: at once. The instance is Pending until then. */
  readonly startAt: number | null;
}
