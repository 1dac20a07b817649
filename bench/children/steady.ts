import { childArgument, nextMessage, runChild, tellParent } from "../lib/child.ts";
import { rssMiB } from "../lib/load.ts";
import type { SteadyResult } from "../lib/steady.ts";
import { runSteadyLoad } from "../lib/steady.ts";
import { helloOnce, openHub } from "../lib/systems/perdure.ts";

/** Steady load on one worker, in two parts: a warm-up, told as `SteadyReady`, and on the next message what is measured. */
export interface SteadyArgument {
  readonly storeUrl: string;
  readonly startsPerSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface SteadyReady {
  readonly fsync: boolean | null;
}

export interface SteadyDone extends SteadyResult {
  readonly rssMiB: number;
}

await runChild(async () => {
  const { storeUrl, startsPerSecond, warmUpSeconds, seconds } = childArgument<SteadyArgument>();
  const { hub, fsync } = await openHub({ storeUrl });
  const load = { startsPerSecond, whenBehind: "hold", once: (n: number) => helloOnce(hub, n) } as const;
  await runSteadyLoad({ ...load, seconds: warmUpSeconds });
  await tellParent({ fsync } satisfies SteadyReady);
  await nextMessage();
  const result = await runSteadyLoad({ ...load, seconds });
  await tellParent({ ...result, rssMiB: rssMiB() } satisfies SteadyDone);
  await hub.close();
});
