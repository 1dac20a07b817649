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
 * Each scenario once, all of a suite on one stand, since stands cost more than scenarios: three workers on PostgreSQL are 0.3 s of CPU, and poll meanwhile.
 * `turn` says on which: four suites have each store, and with eight each of them has been shared by one worker and by several.
 */
export function runInTurn(suite: Suite, turn: number): void {
  const place = turn % STORES.length;
  const round = Math.floor(turn / STORES.length);
  const isChosen = ({ store, mode, workers }: Variant) =>
    store === STORES.at(-1 - place) && mode === MODES[(place + round) % MODES.length] && workers > 1 === ((turn + round) % 2 === 0);
  run(suite, isChosen, { stands: STANDS_AT_A_TIME, checksEach: false });
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

function run(suite: Suite, isChosen: (variant: Variant) => boolean, { stands, checksEach }: RunOptions): void {
  let saysTwice = false;
  let duplicates = 0;
  let replayed = 0;
  describe(suite.name, { concurrency: stands }, () => {
    for (const [number, variant] of variants().entries()) {
      if (!isChosen(variant)) continue;
      saysTwice ||= variant.mode === "twice";
      // Notes are kept by instance id, for all variants.
      runVariant({ suite, variant, prefix: `${number}`, checksEach }, (stand) => {
        duplicates += stand.duplicates;
        replayed += stand.episodesReplayed;
      });
    }
    after(() => {
      assert.ok(duplicates > 0 || !saysTwice, "no message was delivered twice");
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
  readonly checksEach: boolean;
}

function runVariant({ suite, variant, prefix, checksEach }: VariantRun, closed: (stand: Stand) => void): void {
  const { store, mode, workers } = variant;
  // Side by side: what one scenario does is the weather of the others.
  describe(`${store}, ${mode}, ${workers === 1 ? "one worker" : `${workers} workers`}`, { concurrency: true }, () => {
    let stand: Stand | null = null;
    before(async () => {
      const { name: _, scenarios: __, ...options } = suite;
      stand = await openStand({ ...options, ...variant });
    });
    for (const [index, scenario] of suite.scenarios.entries()) {
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
