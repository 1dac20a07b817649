import { MAX_CRASHES } from "../../engine/crashes/suspicion.ts";
import type { StoreDump } from "../../store/contract.ts";
import { Random } from "../random.ts";
import { appOf, SCENARIOS } from "../scenarios/all-scenarios.ts";
import type { Feature, Scenario } from "../scenarios/scenario.ts";
import { Cluster } from "./cluster.ts";
import type { FaultKind } from "./faults.ts";
import { lossyPlaces } from "./lossy-places.ts";
import type { Mishaps } from "./mishaps.ts";
import { lacksByName } from "./mixed-fleet.ts";
import { simVersions } from "./mixed-versions.ts";
import { simPlaces } from "./places.ts";
import { episodeLag, settingsOf } from "./seed-settings.ts";
import { simTraces } from "./sim-traces.ts";
import { Storm, traced } from "./storm.ts";
import type { SimWorld, StoreKind } from "./world.ts";
import { checkWorld, createSimWorld } from "./world.ts";

export interface SeedResult {
  readonly seed: number;
  readonly problems: readonly string[];
  /** Enough happened in it: instances, workers, faults and kinds of faults. */
  readonly counts: boolean;
  readonly instances: number;
  readonly workers: number;
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly features: ReadonlySet<Feature>;
  /** Episodes that the replay checker repeated. */
  readonly replayed: number;
}

export interface SeedOptions {
  readonly store: StoreKind;
  /** Default: all. */
  readonly scenarios?: readonly Scenario[];
  /** Called with every log entry and every boundary, for a person who looks at one seed. */
  readonly trace?: (line: string) => void;
  /** Default: some seeds are traced. */
  readonly isTraced?: boolean;
  /** Given the whole store at the end. */
  readonly inspect?: (dump: StoreDump) => void;
}

/** A seed with less than this is a quiet day, and proves nothing. */
const ENOUGH = { instances: 20, workers: 2, faults: 5, kinds: 3 } as const;
/** Faults end here at the latest, and then everything must end within the other, and the time for which a clock that was set back stands still. */
const STORM_MS = 60_000;
const CALM_MS = 200_000;

/** One whole cluster life from one seed: the same seed is the same run. */
export async function runSeed(seed: number, options: SeedOptions): Promise<SeedResult> {
  const random = new Random(seed);
  const sim = await createSimWorld(options.store);
  const { world, calendar, store } = sim;
  const storm = new Storm(random, sim);
  const { plan } = storm;
  const workers = random.between(2, 3);
  const { trace, scenarios: all = SCENARIOS } = options;
  const mishaps: Mishaps = trace === undefined ? storm : traced(storm, sim, trace);
  const onLog =
    trace === undefined
      ? {}
      : {
          onLog: (node: number, entry: { message: string }) => trace(`${world.monotonicMs()} node ${node}: ${entry.message}`),
          onClient: (client: string, line: string) => trace(`${world.monotonicMs()} ${client} ${line}`),
        };
  const { settings, seen } = settingsOf(random);
  const isMixed = random.chance(0.3);
  const fleet = isMixed ? { lacks: lacksByName(workers, random.int(1_000_000)), settings: { ...settings, ...MIXED_FLEET } } : { settings };
  if (isMixed) seen.push("mixed fleet");
  const lag = episodeLag(seed);
  if (lag !== null) seen.push("slow episodes");
  const slow = lag === null ? {} : { episodeLag: lag };
  const lossy = lossyPlaces(seed, () => plan.isOver);
  if (lossy !== null) seen.push("lossy places");
  const losses = lossy === null ? {} : { lossy };
  const places = simPlaces(seed, () => plan.isOver);
  seen.push(...(places?.features ?? []));
  const code = places === null ? losses : { ...losses, places };
  // A function that only old code has, or a place of another version, would leave instances that nothing takes.
  const versions = isMixed || places !== null ? null : simVersions(seed);
  if (versions !== null) seen.push("mixed versions");
  const deployed = versions === null ? {} : { versions };
  const traces = options.isTraced === false ? null : simTraces(seed);
  if (traces !== null) seen.push("traces");
  const cluster = new Cluster({
    world,
    calendar,
    store,
    random,
    app: appOf(all),
    mishaps,
    ...fleet,
    ...slow,
    ...code,
    ...deployed,
    ...(traces === null ? {} : { traces }),
    ...onLog,
  });
  storm.cluster = cluster;
  for (let node = 0; node < workers; node++) cluster.boot(node);
  const { problems, scenarios, isDone } = launch(cluster, sim, random, all);

  const lookAt = random.between(500, 8_000);
  world.after(lookAt, () => storm.glance(problems));
  world.after(STORM_MS, () => plan.end());
  try {
    await world.runUntil(() => plan.isOver || isDone(), STORM_MS + 1);
    plan.end();
    resumeStopped(cluster, sim, isDone);
    const patience = CALM_MS + calendar.setBackMs;
    if (!(await world.runUntil(isDone, patience)))
      problems.push(`liveness: not everything ended within ${patience} ms after the last fault`);
    await rest(cluster, sim, problems);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  for (const { instanceId, evidence } of wrongStops(cluster))
    problems.push(
      `bystander: "${instanceId}" was stopped for crashes after ${evidence} deaths and losses at most, which takes ${MAX_CRASHES}`,
    );
  problems.push(...(traces?.problems ?? []), ...(traces?.count === 0 ? ["traces: nothing has given a span"] : []));
  const faults = plan.counts;
  const dump = await store.dump();
  options.inspect?.(dump);
  await sim.dispose();
  const instances = dump.instances.length;
  const total = [...faults.values()].reduce((sum, count) => sum + count, 0);
  return {
    seed,
    problems,
    counts: instances >= ENOUGH.instances && workers >= ENOUGH.workers && total >= ENOUGH.faults && faults.size >= ENOUGH.kinds,
    instances,
    workers,
    faults,
    features: new Set([...scenarios.flatMap((scenario) => scenario.features), ...seen, ...cluster.shared]),
    replayed: cluster.replay.checked,
  };
}

/** Scenarios that end their processes by themselves, twice. */
const KILLERS: ReadonlySet<string> = new Set(["poison", "poison-code"]);
const OPERATOR_EVERY_MS = 5_000;

/**
 * The operator, once nothing goes wrong any more. A bystander may be stopped when its workers happen to die, or its place to be lost, while they work
 * on it, {@link MAX_CRASHES} times in a row. What was stopped with less than that is not helped: {@link wrongStops} names it.
 */
function resumeStopped(cluster: Cluster, sim: SimWorld, isDone: () => boolean): void {
  const look = async () => {
    const wrong = new Set(wrongStops(cluster).map(({ no }) => no));
    for (const { no, name, instanceId, stopped } of (await sim.store.dump()).instances) {
      if (stopped === null) continue;
      if (KILLERS.has(name) || (stopped.code === "INSTANCE_POISON" && !wrong.has(no))) await cluster.client().resume(instanceId);
    }
    if (!isDone()) sim.world.after(OPERATOR_EVERY_MS, () => void look());
  };
  void look();
}

/** Instances that were stopped as the cause of deaths with fewer deaths and losses than that takes, and that do not end their process themselves. */
function wrongStops({ recorder }: Cluster) {
  const names = new Map([...recorder.all()].map(({ no, instanceId, name }) => [no, { instanceId, name }]));
  return recorder.evidence.stops.flatMap(({ no, evidence }) => {
    const { instanceId, name } = names.get(no) ?? { instanceId: `#${no}`, name: "?" };
    return evidence >= MAX_CRASHES || KILLERS.has(name) ? [] : [{ no, instanceId, evidence }];
  });
}

function launch(cluster: Cluster, sim: SimWorld, random: Random, all: readonly Scenario[]) {
  const problems: string[] = [];
  const scenarios = chosen(random, all);
  let running = scenarios.length;
  for (const [index, scenario] of scenarios.entries()) {
    const id = `${scenario.name}-${index}`;
    const run = { client: cluster.client(), id, now: sim.calendar.now, calm: false, noted: (what: string) => cluster.noted(what) };
    sim.world.after(random.int(2_500), () => {
      scenario.drive(run).then(
        () => {
          running -= 1;
        },
        (error: unknown) => {
          running -= 1;
          problems.push(`result: ${scenario.name} ("${id}"): ${error instanceof Error ? error.message : String(error)}`);
        },
      );
    });
  }
  return { problems, scenarios, isDone: () => running === 0 };
}

/** Enough scenarios for {@link ENOUGH}, no two runs of a seed alike. */
function chosen(random: Random, all: readonly Scenario[]): readonly Scenario[] {
  const scenarios: Scenario[] = [];
  for (let instances = 0; instances < ENOUGH.instances + 4; ) {
    const scenario = random.pick(all);
    scenarios.push(scenario);
    instances += scenario.instances;
  }
  return scenarios;
}

/** After the last result: everything idle leaves memory, the sweep runs, and nothing may be left over. */
async function rest(cluster: Cluster, sim: SimWorld, problems: string[]): Promise<void> {
  await sim.world.advance(12_000);
  if (problems.length === 0) problems.push(...(await checkWorld(cluster, sim, true)));
  else problems.push(...(await checkWorld(cluster, sim, false)));
  cluster.shutDown();
}

/** The only worker that has a function may be away for as long as things go wrong, which is not a reason to give a call up. */
const MIXED_FLEET = { functionNotFoundAfterMs: 90_000, functionNotFoundAloneMs: 90_000 };
