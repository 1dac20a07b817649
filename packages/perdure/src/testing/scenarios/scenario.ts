import { isDeepStrictEqual } from "node:util";
import type { InstanceStatus } from "../../client/types.ts";
import type { RegisteredFunction } from "../../functions/registry.ts";
import { jsonCodec } from "../../model/payload.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import type { AppEnv } from "../simulation/app.ts";
import type { SimClient } from "../simulation/sim-client.ts";

/** No scenario promises these: they are how a cluster is made up, and what its workers do. */
export const CLUSTER_FEATURES = [
  "mixed fleet",
  "mixed versions",
  "traces",
  "slow episodes",
  "lossy places",
  "few places",
  "places come and go",
  "executor group",
  "limit of one activity",
  "activity left to others",
  "task given back",
  "instance left to others",
] as const;

/** What a run of simulations must have exercised at least once. */
export const FEATURES = [
  "activity",
  "retry",
  "timeout",
  "heartbeat",
  "abort",
  "long activity",
  "fan-out",
  "sub-orchestration",
  "sub-orchestration failure",
  "sub-orchestration retry",
  "fire and forget",
  "child id conflict",
  "timer",
  "event",
  "event order",
  "event timeout",
  "any",
  "continue-as-new",
  "event carry-over",
  "custom status",
  "suspend and resume",
  "terminate",
  "terminate recursively",
  "event between instances",
  "scheduled start",
  "id reuse: error",
  "id reuse: replace",
  "id reuse: attach",
  "big payload",
  "purge",
  "failure",
  "rewind",
  "fork",
  "deterministic context",
  "poison activity",
  "poison orchestrator",
  "hung activity",
  "function no worker has",
  "entity call",
  "entity signal",
  "due signal",
  "critical section",
  "start from an entity",
  "failed operation",
  "entity deletion",
  "entity purge",
  "signal of a client",
  "entity clean-up",
  "random program",
  "limit by key",
  "calls left behind",
  ...CLUSTER_FEATURES,
] as const;

export type Feature = (typeof FEATURES)[number];

/** One small orchestration with its client, and what must come out of it whatever happens on the way. */
export interface Scenario {
  readonly name: string;
  readonly features: readonly Feature[];
  /** Instances that one run creates. */
  readonly instances: number;
  readonly functions: (env: AppEnv) => readonly RegisteredFunction[];
  /** Throws when something came out wrong. */
  readonly drive: (run: ScenarioRun) => Promise<void>;
}

export interface ScenarioRun {
  readonly client: SimClient;
  /** Begins every instance id of this run. */
  readonly id: string;
  /** The store's time, ms since 1970, as a client's machine shows it. */
  readonly now: () => number;
  /** True when nothing goes wrong in this run: what is only promised without a crash is checked too. */
  readonly calm: boolean;
  /** How often an activity noted this. */
  readonly noted: (what: string) => number;
}

/** Waits for the end and compares. */
export async function expectEnd(run: ScenarioRun, id: string, status: RuntimeStatus, output: unknown): Promise<InstanceStatus> {
  const ended = await run.client.result(id);
  expectSame(`status of ${id} (output ${ended.output})`, ended.runtimeStatus, status);
  expectSame(`output of ${id}`, jsonCodec.decode(ended.output), output);
  return ended;
}

export function expectSame(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  throw new Error(`${what} is ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}
