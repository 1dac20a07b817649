import { childArgument, runChild, tellParent } from "../lib/child.ts";
import { fileOf } from "../lib/paths.ts";
import type { LoadRequest } from "../lib/scenario.ts";
import type { System } from "../lib/system.ts";
import type { PeerName } from "../lib/systems/peers.ts";
import { SCENARIOS } from "../scenarios/index.ts";

/** One run of one load scenario on one contender: everything that is measured happens in this process. */
export interface LoadArgument extends LoadRequest {
  readonly scenario: string;
  /** Null: ours. */
  readonly peer: PeerName | null;
  /** New and empty, of the kind that the contender uses. */
  readonly storeUrl: string;
  readonly commitDelayMs: number;
}

await runChild(async () => {
  const argument = childArgument<LoadArgument>();
  const scenario = SCENARIOS.find(({ name }) => name === argument.scenario);
  if (scenario?.kind !== "load") throw new Error(`${argument.scenario} is not a load scenario`);
  const system = await open(argument);
  const measured = await scenario.measure(system, argument);
  await tellParent(measured);
  await system.close();
});

/** Each contender is loaded only where it runs: the others' code would be on its heap otherwise. */
async function open(argument: LoadArgument): Promise<System> {
  switch (argument.peer) {
    case null:
      return await (await import("../lib/systems/perdure.ts")).openPerdure(argument);
    case "durabletask-js":
      return await (await import("../lib/systems/durabletask.ts")).openDurableTask();
    case "openworkflow":
      return await (await import("../lib/systems/openworkflow.ts")).openOpenWorkflow(fileOf(argument.storeUrl), argument.inFlight);
    case "dbos":
      return await (await import("../lib/systems/dbos.ts")).openDbos(argument.storeUrl);
  }
}
