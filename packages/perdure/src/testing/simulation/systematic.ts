import type { WorkerSettings } from "../../engine/options.ts";
import type { CallOutcome } from "../fault-store.ts";
import { PASS } from "../fault-store.ts";
import { Random } from "../random.ts";
import { appOf } from "../scenarios/all-scenarios.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { Cluster } from "./cluster.ts";
import type { Mishaps } from "./mishaps.ts";
import type { StoreKind } from "./world.ts";
import { checkWorld, createSimWorld, SIM_SETTINGS } from "./world.ts";

export interface SystematicResult {
  readonly scenario: string;
  /** Effect boundaries of an undisturbed run. */
  readonly boundaries: number;
  readonly failures: readonly { readonly boundary: number; readonly problems: readonly string[] }[];
}

/** Virtual time within which a scenario must end, its one crash included. */
const LIMIT_MS = 180_000;

/**
 * Crashes one process at boundary 1, then 2, then 3 … of a scenario: at each that an undisturbed run crosses. With `most` at so many of them, as far apart as
 * they can be; with two processes at others than with one.
 */
export async function runSystematic(
  scenario: Scenario,
  store: StoreKind,
  nodes = 1,
  most = Number.POSITIVE_INFINITY,
): Promise<SystematicResult> {
  const calm = await runScenario(scenario, { store, nodes });
  const failures = calm.problems.length === 0 ? [] : [{ boundary: 0, problems: calm.problems }];
  const every = Math.max(1, Math.ceil(calm.boundaries / most));
  for (let crashAt = 1 + (((nodes - 1) * every) >> 1); crashAt <= calm.boundaries; crashAt += every) {
    const { problems } = await runScenario(scenario, { store, nodes, crashAt });
    if (problems.length > 0) failures.push({ boundary: crashAt, problems });
  }
  return { scenario: scenario.name, boundaries: calm.boundaries, failures };
}

export interface ScenarioOptions {
  readonly store: StoreKind;
  /** Processes; default 1. */
  readonly nodes?: number;
  /** Boundary at which the process that crosses it dies; default: none does. */
  readonly crashAt?: number;
  readonly settings?: Partial<WorkerSettings>;
  /** Every message is delivered twice. */
  readonly twice?: boolean;
  /** Of the run; default: `i`. Random programs differ by it. */
  readonly id?: string;
}

export interface ScenarioResult {
  /** Crossed until the scenario had ended. */
  readonly boundaries: number;
  /** Deliveries that were made a second time. */
  readonly duplicates: number;
  readonly problems: readonly string[];
}

/** One scenario alone in a cluster of its own. */
export async function runScenario(scenario: Scenario, options: ScenarioOptions): Promise<ScenarioResult> {
  const { store: kind, nodes = 1, crashAt = null, settings = {} } = options;
  const sim = await createSimWorld(kind);
  const { world, calendar, store } = sim;
  const watch = new OneCrash(crashAt, options.twice === true);
  const all = { ...SIM_SETTINGS, ...settings };
  const cluster = new Cluster({ world, calendar, store, random: new Random(1), app: appOf([scenario]), settings: all, mishaps: watch });
  watch.cluster = cluster;
  for (let node = 0; node < nodes; node++) cluster.boot(node);
  const problems: string[] = [];
  let ended = false;
  const calm = crashAt === null && options.twice !== true;
  const run = { client: cluster.client(), id: options.id ?? "i", now: calendar.now, calm, noted: (what: string) => cluster.noted(what) };
  scenario.drive(run).then(
    () => {
      ended = true;
    },
    (error: unknown) => {
      ended = true;
      problems.push(`result: ${error instanceof Error ? error.message : String(error)}`);
    },
  );
  try {
    if (!(await world.runUntil(() => ended, LIMIT_MS))) problems.push(`liveness: it did not end within ${LIMIT_MS} ms of virtual time`);
    watch.isOver = true;
    problems.push(...(await checkWorld(cluster, sim, false)));
    await world.advance(10_000);
    if (problems.length === 0) problems.push(...(await checkWorld(cluster, sim, true)));
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  if (crashAt !== null && !watch.hasCrashed) problems.push("the boundary was not reached");
  cluster.shutDown();
  await sim.dispose();
  return { boundaries: watch.crossed, duplicates: watch.duplicates, problems };
}

/** Counts boundaries, and ends the process that crosses a certain one. */
class OneCrash implements Mishaps {
  cluster: Cluster | null = null;
  crossed = 0;
  duplicates = 0;
  hasCrashed = false;
  isOver = false;
  readonly isDuplicating: boolean;
  readonly #crashAt: number | null;

  constructor(crashAt: number | null, twice: boolean) {
    this.#crashAt = crashAt;
    this.isDuplicating = twice;
  }

  boundary(node: number): void {
    if (this.isOver) return;
    this.crossed += 1;
    if (this.crossed !== this.#crashAt) return;
    this.hasCrashed = true;
    this.cluster?.crash(node);
  }

  outcomeOf(): CallOutcome {
    return PASS;
  }

  duplicated(): void {
    this.duplicates += 1;
  }

  hint(): boolean {
    return true;
  }

  holdsAnswer(): boolean {
    return false;
  }

  heldAnswer(): void {}

  mayMisbehave(): boolean {
    return this.#crashAt !== null && !this.isOver;
  }

  shouldHang(): boolean {
    return false;
  }

  poisoned(): void {}
}
