import { Child } from "./child.ts";
import type { Ground, Plot } from "./ground.ts";
import { openGround } from "./ground.ts";
import type { LoadArgument } from "./load-argument.ts";
import type { BenchOptions } from "./options.ts";
import type { Measured, Series } from "./record.ts";
import { medianOf } from "./record.ts";
import type { Results } from "./scenario.ts";
import { median } from "./stats.ts";
import type { PeerName } from "./systems/peers.ts";
import { ensurePeers, peersOn, storeOf } from "./systems/peers.ts";

/** One run of a peer takes this long at most: some are quadratic in the length of a history. */
const PEER_PATIENCE_MS = 180_000;

/** One who runs the load: ours, ours without the delay (to say what a delay costs), or a peer. */
interface Contender {
  readonly peer: PeerName | null;
  readonly commitDelayMs: number;
}

export interface Outcome {
  /** In the order of the lines: per level ours first, then the peers. */
  readonly series: readonly Series[];
  readonly results: Results;
}

export async function runBench(options: BenchOptions, say: (line: string) => void): Promise<Outcome> {
  const contenders = await contendersOf(options, say);
  const ground = await openGround(options);
  try {
    return outcomeOf(options, await runAll(options, contenders, ground, say));
  } finally {
    await ground.close();
  }
}

interface Entry {
  readonly contender: Contender;
  readonly series: Series;
}

async function runAll(
  options: BenchOptions,
  contenders: readonly Contender[],
  ground: Ground,
  say: (line: string) => void,
): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  for (const inFlight of options.levels) {
    const runs = new Map<Contender, Measured[]>(contenders.map((contender) => [contender, []]));
    const floors: number[] = [];
    for (let run = 1; run <= options.runs; run++) {
      floors.push(await onPlot(ground, (plot) => plot.floorCommitsPerSecond()));
      for (const contender of contenders) {
        if (!runs.has(contender)) continue;
        say(`${options.scenario.name}, ${inFlight} in flight, run ${run} of ${options.runs}: ${nameOf(contender)} …`);
        const measured = await measureOrExplain(options, contender, inFlight, ground, say);
        if (measured === null) runs.delete(contender);
        else runs.get(contender)?.push(measured);
      }
    }
    for (const [contender, measured] of runs) {
      all.push({ contender, series: seriesOf(options, contender, inFlight, median(floors), measured) });
    }
  }
  return all;
}

function outcomeOf(options: BenchOptions, all: readonly Entry[]): Outcome {
  const isUndelayed = (contender: Contender): boolean => contender.peer === null && contender.commitDelayMs !== options.commitDelayMs;
  const find = (inFlight: number, matches: (contender: Contender) => boolean): Series | null =>
    all.find(({ contender, series }) => series.inFlight === inFlight && matches(contender))?.series ?? null;
  return {
    series: all.filter(({ contender }) => !isUndelayed(contender)).map(({ series }) => series),
    results: {
      store: options.store,
      commitDelayMs: options.commitDelayMs,
      levels: options.levels,
      ours: (inFlight) => find(inFlight, (contender) => contender.peer === null && !isUndelayed(contender)),
      undelayed: (inFlight) => find(inFlight, isUndelayed),
      peer: (name, inFlight) => find(inFlight, (contender) => contender.peer === name),
    },
  };
}

async function contendersOf(options: BenchOptions, say: (line: string) => void): Promise<readonly Contender[]> {
  const contenders: Contender[] = [{ peer: null, commitDelayMs: options.commitDelayMs }];
  if (options.commitDelayMs > 0) contenders.push({ peer: null, commitDelayMs: 0 });
  if (!options.peers) return contenders;
  if (options.scenario.kind === "process") {
    say(`The peers take no part in ${options.scenario.name}: ${options.scenario.noPeers}.`);
    return contenders;
  }
  await ensurePeers(say);
  return [...contenders, ...peersOn(options.store).map((peer) => ({ peer, commitDelayMs: 0 }))];
}

/** A peer that cannot do what is asked is left out, with its own words; a failure of ours ends the run. */
async function measureOrExplain(
  options: BenchOptions,
  contender: Contender,
  inFlight: number,
  ground: Ground,
  say: (line: string) => void,
): Promise<Measured | null> {
  try {
    return await onPlot(ground, (plot) => measureOnce(options, contender, inFlight, plot, say));
  } catch (error) {
    if (contender.peer === null) throw error;
    say(`${contender.peer} is left out at ${inFlight} in flight: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
    return null;
  }
}

async function measureOnce(
  options: BenchOptions,
  contender: Contender,
  inFlight: number,
  plot: Plot,
  say: (line: string) => void,
): Promise<Measured> {
  const { scenario, durationSeconds, store } = options;
  if (scenario.kind === "process") {
    return await scenario.measure({ inFlight, durationSeconds, store, freshStore: () => plot.freshStore(store), say });
  }
  const storeUrl = await plot.freshStore(storeOf(contender.peer, store));
  return await measureInChild({ ...contender, scenario: scenario.name, storeUrl, inFlight, durationSeconds });
}

async function measureInChild(argument: LoadArgument): Promise<Measured> {
  const child = new Child("children/load.ts", argument);
  let gaveUp = false;
  const timer = setTimeout(() => {
    gaveUp = true;
    child.kill();
  }, PEER_PATIENCE_MS);
  if (argument.peer === null) clearTimeout(timer);
  try {
    return await child.next<Measured>();
  } catch (error) {
    throw gaveUp ? new Error(`not done after ${PEER_PATIENCE_MS / 1_000} s`, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
    await child.stop();
  }
}

function seriesOf(options: BenchOptions, contender: Contender, inFlight: number, floor: number, runs: readonly Measured[]): Series {
  return {
    peer: contender.peer,
    store: storeOf(contender.peer, options.store),
    inFlight,
    commitDelayMs: contender.peer === null && options.store !== "memory" ? contender.commitDelayMs : null,
    floorCommitsPerSecond: floor,
    median: medianOf(runs),
  };
}

async function onPlot<Value>(ground: Ground, body: (plot: Plot) => Promise<Value>): Promise<Value> {
  const plot = ground.open();
  try {
    return await body(plot);
  } finally {
    await plot.remove();
  }
}

const nameOf = (contender: Contender): string =>
  contender.peer ?? (contender.commitDelayMs > 0 ? `perdure with ${contender.commitDelayMs} ms per commit` : "perdure");
