import { childArgument, runChild, tellParent } from "../lib/child.ts";
import type { LoadArgument } from "../lib/load-argument.ts";
import { fileOf } from "../lib/paths.ts";
import type { System } from "../lib/system.ts";
import { SCENARIOS } from "../scenarios/index.ts";

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
