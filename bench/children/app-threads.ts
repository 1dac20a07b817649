import { TaskHub } from "perdure";
import { appFunctions } from "../../packages/perdure/src/app-threads/app-functions.ts";
import { startAppThreads } from "../../packages/perdure/src/app-threads/start-app-threads.ts";
import { silentLog } from "../../packages/perdure/src/telemetry/engine-log.ts";
import { workerEntry } from "../../packages/perdure/src/worker-entry.ts";
import { childArgument, runChild, tellParent } from "../lib/child.ts";
import { rssMiB, runClosedLoop } from "../lib/load.ts";
import type { Latencies } from "../lib/stats.ts";
import { latenciesOf } from "../lib/stats.ts";
import { blocks } from "../lib/systems/blocking.ts";
import { helloOnce, openHub } from "../lib/systems/perdure.ts";

/** The same load by turns: functions in this process · on one app thread; then on the thread beside an activity that blocks it. */
export interface AppThreadsArgument {
  readonly storeUrls: { readonly here: string; readonly there: string };
  readonly inFlight: number;
  readonly turns: number;
  readonly secondsOfTurn: number;
  /** 0: no such part. */
  readonly blockMs: number;
}

export interface AppThreadsDone {
  readonly here: Part;
  readonly there: Part;
  readonly besideBlock: Latencies | null;
  readonly rssMiB: number;
}

export interface Part extends Latencies {
  readonly completed: number;
}

const WARM_UP_MS = 2_000;

async function openThreads(storeUrl: string): Promise<{ readonly hub: TaskHub; close(): Promise<void> }> {
  const threads = await startAppThreads({
    setup: {
      guest: workerEntry(import.meta.url, "../../packages/perdure/src/app-threads/native-guest").href,
      ...{ app: "bench", folder: import.meta.dirname, taskHub: "Bench", publicOrigin: "http://localhost", keys: [], forwardedHost: false },
      files: ["perdure.ts", "blocking.ts"].map((name) => `${import.meta.dirname}/../lib/systems/${name}`),
      ...{ maxPayloadBytes: 32 * 1_024 * 1_024, maxJsonDepth: 1_000 },
      versions: { defaultVersion: null, match: "None", failure: "Reject" },
      levels: { engine: "warn", functions: "info" },
    },
    ...{ threads: 1, memoryMb: null, functionTimeoutMs: Number.POSITIVE_INFINITY, log: silentLog, functionLog: silentLog },
  });
  const hub = await TaskHub.open(storeUrl, { functions: appFunctions(threads), executor: threads });
  threads.connect({ client: hub.hubClient, now: () => hub.now });
  await hub.start();
  return { hub, close: () => hub.close() };
}

/** Of all that begin within this time, however late they end: the last ones are those that count here. */
async function allOf(hub: TaskHub, inFlight: number, ms: number): Promise<readonly number[]> {
  const until = performance.now() + ms;
  const milliseconds: number[] = [];
  const lane = async (n: number) => {
    while (performance.now() < until) {
      const began = performance.now();
      await helloOnce(hub, n);
      milliseconds.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, n) => lane(n)));
  return milliseconds;
}

await runChild(async () => {
  const { storeUrls, inFlight, turns, secondsOfTurn, blockMs } = childArgument<AppThreadsArgument>();
  const [{ hub: here }, { hub: there, close }] = [await openHub({ storeUrl: storeUrls.here }), await openThreads(storeUrls.there)];
  const turn = (hub: TaskHub, warmUpMs: number, measureMs: number) =>
    runClosedLoop({ inFlight, warmUpMs, measureMs, once: (n) => helloOnce(hub, n) });
  const times = new Map<TaskHub, number[]>([
    [here, []],
    [there, []],
  ]);
  for (let n = 0; n < turns; n++) {
    for (const [hub, milliseconds] of times)
      milliseconds.push(...(await turn(hub, n === 0 ? WARM_UP_MS : 0, secondsOfTurn * 1_000)).milliseconds);
  }
  const partOf = (hub: TaskHub): Part => ({ completed: times.get(hub)?.length ?? 0, ...latenciesOf(times.get(hub) ?? []) });
  let besideBlock: Latencies | null = null;
  if (blockMs > 0) {
    const blocked = await there.client.startNew(blocks, { input: blockMs });
    besideBlock = latenciesOf(await allOf(there, inFlight, blockMs));
    await blocked.result();
  }
  await tellParent({ here: partOf(here), there: partOf(there), besideBlock, rssMiB: rssMiB() } satisfies AppThreadsDone);
  await here.close();
  await close();
});
