import type { Measured, Rate, Series } from "./record.ts";
import type { StoreName } from "./store-choice.ts";
import type { System } from "./system.ts";

interface ScenarioBase {
  readonly name: string;
  readonly summary: string;
  /** Where it runs; without --store on SQLite, if that is among them. */
  readonly stores: readonly StoreName[];
  /** In-flight levels of a plain run; one JSON line each. */
  readonly levels: readonly number[];
  /** What `--in-flight` counts here; null: it does not apply. */
  readonly levelMeans: string | null;
  readonly defaultRuns: number;
  /** What `--duration` sets here; null: it does not apply. */
  readonly durationMeans: string | null;
  readonly canDelayCommits: boolean;
  /** The rate by which it compares with peers. */
  readonly rate: Rate;
  targets(results: Results): readonly Target[];
}

/** One load on one engine in a process of its own, so that neither heap nor compiled code of one contender burdens another. */
export interface LoadScenario extends ScenarioBase {
  readonly kind: "load";
  measure(system: System, request: LoadRequest): Promise<Measured>;
}

/** Needs several processes, or a file that outlives one; drives them itself. Ours only. */
export interface ProcessScenario extends ScenarioBase {
  readonly kind: "process";
  /** Why the peers take no part. */
  readonly noPeers: string;
  measure(request: ProcessRequest): Promise<Measured>;
}

/** Those whose targets need no other system. */
export const AGAINST_OURSELVES = { kind: "process", canDelayCommits: false, noPeers: "its targets compare us with ourselves" } as const;

export type Scenario = LoadScenario | ProcessScenario;

export interface LoadRequest {
  readonly inFlight: number;
  readonly durationSeconds: number | null;
}

export interface ProcessRequest extends LoadRequest {
  readonly store: StoreName;
  /** The URL of a new, empty store; it goes after the run. */
  readonly freshStore: () => Promise<string>;
  /** Progress for people, in the long scenarios. */
  readonly say: (line: string) => void;
}

/** What is compared with the targets: medians, never single runs. */
export interface Results {
  /** Targets differ from store to store; nothing is asked of `memory`. */
  readonly store: StoreName;
  readonly commitDelayMs: number;
  /** The levels that were run. */
  readonly levels: readonly number[];
  ours(inFlight: number): Series | null;
  /** Ours without the delay, measured in the same run, when there was a `--commit-delay`. */
  undelayed(inFlight: number): Series | null;
  peer(name: string, inFlight: number): Series | null;
}

/** One number of the table in docs/performance.md, compared with its target. */
export interface Target {
  readonly text: string;
  readonly measured: number;
  readonly unit: string;
  readonly reached: boolean;
}

export function atLeast(text: string, measured: number | null | undefined, least: number, unit: string): readonly Target[] {
  return measured === null || measured === undefined
    ? []
    : [{ text: `${text} >= ${least} ${unit}`, measured, unit, reached: measured >= least }];
}

export function atMost(text: string, measured: number | null | undefined, most: number, unit: string): readonly Target[] {
  return measured === null || measured === undefined
    ? []
    : [{ text: `${text} <= ${most} ${unit}`, measured, unit, reached: measured <= most }];
}
