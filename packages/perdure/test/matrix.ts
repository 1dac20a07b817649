import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { HubHttpOptions, RegisteredFunction } from "perdure";
import type { WorkerSettings } from "../src/engine/options.ts";
import type { Mode, Stand, StoreKind } from "./testing/stand.ts";
import { MODES, openStand, STORES } from "./testing/stand.ts";

/** What a suite of scenarios runs on. */
export interface Suite {
  readonly name: string;
  readonly functions: readonly RegisteredFunction[];
  readonly scenarios: readonly Scenario[];
  readonly engine?: Partial<WorkerSettings>;
  readonly maxPayloadBytes?: number;
  readonly http?: HubHttpOptions;
}

export interface Scenario {
  readonly title: string;
  readonly run: (stand: Stand, id: string) => Promise<void>;
}

/** Workers on one store. */
const WORKERS = [1, 3] as const;

/** They wait for timers and servers most of the time. */
const STANDS_AT_A_TIME = 3;

interface Variant {
  readonly store: StoreKind;
  readonly mode: Mode;
  readonly workers: number;
}

/**
 * A tenth of the full product: each scenario in memory, on PostgreSQL, and on SQLite, of which one half has its thread and the other does without.
 * Stands cost more than scenarios (a thread 0.1 s of CPU, three workers on PostgreSQL 0.3 s), so a suite has one of each and two of the cheap ones in
 * memory. `turn` says in which mode: four suites that take turns have each store in each mode, and both numbers of workers in each mode and on each store.
 */
export function runPairwise(suite: Suite, turn: number): void {
  const isChosen = ({ store, mode, workers }: Variant, scenario: number) => {
    const chosen = chosenFor(store, turn % 2, scenario % 2);
    return chosen !== null && MODES.indexOf(mode) === (turn + chosen.later) % MODES.length && workers > 1 === chosen.several;
  };
  run(suite, isChosen, { stands: STANDS_AT_A_TIME, checksEach: false });
}

/** The number of modes that it is behind the suite's first one, and whether several workers share the store; null: this half is not run there. */
function chosenFor(store: StoreKind, turn: number, half: number): { readonly later: number; readonly several: boolean } | null {
  switch (store) {
    case "postgres":
      return { later: 0, several: turn === 0 };
    case "sqlite thread":
      return half === 0 ? { later: 1, several: turn === 1 } : null;
    case "memory":
      return { later: 2 + half, several: half === 0 };
    case "sqlite inline":
      return half === 1 ? { later: 3, several: turn === 0 } : null;
  }
}

/** Each scenario on each store in each mode, with one worker and with three; `stands` of them at a time. The invariants are checked after each of them. */
export function runAll(suite: Suite, stands = STANDS_AT_A_TIME): void {
  run(suite, () => true, { stands, checksEach: true });
}

interface RunOptions {
  /** At a time. */
  readonly stands: number;
  /** The invariants after each scenario, and not only when the stand is closed: they read all rows of the store, a quarter of what a suite costs. */
  readonly checksEach: boolean;
}

function run(suite: Suite, isChosen: (variant: Variant, scenario: number) => boolean, { stands, checksEach }: RunOptions): void {
  let duplicates = 0;
  let replayed = 0;
  describe(suite.name, { concurrency: stands }, () => {
    for (const [number, variant] of variants().entries()) {
      const chosen = suite.scenarios.filter((_, index) => isChosen(variant, index));
      if (chosen.length === 0) continue;
      // Notes are kept by instance id, for all variants.
      runVariant({ suite, variant, prefix: `${number}`, scenarios: chosen, checksEach }, (stand) => {
        duplicates += stand.duplicates;
        replayed += stand.episodesReplayed;
      });
    }
    after(() => {
      assert.ok(duplicates > 0, "no message was delivered twice");
      assert.ok(replayed > 0, "no episode was replayed");
    });
  });
}

function variants(): readonly Variant[] {
  return STORES.flatMap((store) => MODES.flatMap((mode) => WORKERS.map((workers) => ({ store, mode, workers }))));
}

interface VariantRun {
  readonly suite: Suite;
  readonly variant: Variant;
  readonly prefix: string;
  readonly scenarios: readonly Scenario[];
  readonly checksEach: boolean;
}

function runVariant({ suite, variant, prefix, scenarios, checksEach }: VariantRun, closed: (stand: Stand) => void): void {
  const { store, mode, workers } = variant;
  // Side by side: what one scenario does is the weather of the others.
  describe(`${store}, ${mode}, ${workers === 1 ? "one worker" : `${workers} workers`}`, { concurrency: true }, () => {
    let stand: Stand | null = null;
    before(async () => {
      const { name: _, scenarios: __, ...options } = suite;
      stand = await openStand({ ...options, ...variant });
    });
    for (const [index, scenario] of scenarios.entries()) {
      test(scenario.title, async () => {
        assert.ok(stand !== null);
        await scenario.run(stand, `${prefix}-${index}`);
        if (checksEach) await stand.check();
      });
    }
    after(async () => {
      await stand?.close();
      if (stand !== null) closed(stand);
    });
  });
}
