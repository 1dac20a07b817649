import type { ExecutionStarted } from "./history.ts";
import type { ExecutionId, InstanceId, InstanceNo, Seed } from "./ids.ts";
import { seed } from "./ids.ts";

/**
 * The seed of an execution that begins now. A new execution id is made for each start, each child and each continue-as-new, and stays the
 * same when an episode that was not committed runs again: so does the seed. It is recorded, because a later copy or edit of the history must
 * keep it while who the instance is may change.
 */
export const newSeed = (execution: ExecutionId): Seed => seed(execution);

/** The recorded seed. Histories of releases that recorded none take what those releases derived their random numbers from. */
export const seedOf = (instanceId: InstanceId, started: Pick<ExecutionStarted, "executionId" | "generation" | "seed">): Seed =>
  started.seed ?? seed(`${instanceId}/${started.executionId}/${started.generation}`);

/** For a task row of a release that recorded no seed, where the execution id is not at hand: an instance number is used once. */
export const seedOfTaskRow = (instanceId: InstanceId, no: InstanceNo, generation: number): Seed =>
  seed(`${instanceId}/${no}/${generation}`);
