import { SlowNeighbours } from "../../packages/perdure/src/testing/threads/slow-neighbours.ts";
import { childArgument, runChild, tellParent } from "../lib/child.ts";
import { rssMiB } from "../lib/load.ts";
import type { Latencies } from "../lib/stats.ts";
import { latenciesOf } from "../lib/stats.ts";

export interface SlowNeighboursArgument {
  readonly storeUrl: string;
  readonly inFlight: number;
  readonly slowMs: number;
}

/** Of the quick instances, each pair within a few seconds. */
export interface SlowNeighboursDone {
  readonly alone: Latencies;
  readonly besideHeldThread: Latencies;
  readonly aloneAgain: Latencies;
  readonly besideSlowHistory: Latencies;
  /** Completed beside the held thread. */
  readonly completed: number;
  readonly rssMiB: number;
}

const WARM_UP_MS = 2_000;

await runChild(async () => {
  const argument = childArgument<SlowNeighboursArgument>();
  await using quick = await SlowNeighbours.open(argument);
  await quick.warmUp(WARM_UP_MS);
  const held = await quick.besideHeldThread();
  const history = await quick.besideSlowHistory();
  await tellParent({
    alone: latenciesOf(held.alone),
    besideHeldThread: latenciesOf(held.beside),
    aloneAgain: latenciesOf(history.alone),
    besideSlowHistory: latenciesOf(history.beside),
    completed: held.beside.length,
    rssMiB: rssMiB(),
  } satisfies SlowNeighboursDone);
});
