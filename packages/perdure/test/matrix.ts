import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RegisteredFunction } from "perdure";
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
  /** Workers on one store. Default 1; two where everything is said twice. */
  readonly workers?: number;
}

export interface Scenario {
  readonly title: string;
  readonly run: (stand: Stand, id: string) => Promise<void>;
}

interface Variant {
  readonly store: StoreKind;
  readonly mode: Mode;
}

/** Every pair of scenario and store, of scenario and mode, and of store and mode, with a third of the runs of the full product. */
export function runPairwise(suite: Suite): void {
  run(suite, ({ store, mode }, index) => STORES[(index + MODES.indexOf(mode)) % STORES.length] === store);
}

/** Each scenario on each store in each mode. */
export function runAll(suite: Suite): void {
  run(suite, () => true);
}

function run(suite: Suite, isChosen: (variant: Variant, scenario: number) => boolean): void {
  let duplicates = 0;
  let replayed = 0;
  describe(suite.name, { concurrency: 3 }, () => {
    for (const store of STORES) {
      for (const mode of MODES) {
        const chosen = suite.scenarios.filter((_, index) => isChosen({ store, mode }, index));
        if (chosen.length > 0)
          runVariant(suite, { store, mode }, chosen, (stand) => {
            duplicates += stand.duplicates;
            replayed += stand.episodesReplayed;
          });
      }
    }
    after(() => {
      assert.ok(duplicates > 0, "no message was delivered twice");
      assert.ok(replayed > 0, "no episode was replayed");
    });
  });
}

function runVariant(suite: Suite, variant: Variant, scenarios: readonly Scenario[], closed: (stand: Stand) => void): void {
  const { store, mode } = variant;
  const prefix = `${STORES.indexOf(store)}${MODES.indexOf(mode)}`; // notes are kept by instance id, for all variants
  // Side by side: what one scenario does is the weather of the others.
  describe(`${store}, ${mode}`, { concurrency: true }, () => {
    let stand: Stand | null = null;
    before(async () => {
      const { name: _, scenarios: __, ...options } = suite;
      stand = await openStand({ store, mode, ...options });
    });
    for (const [index, scenario] of scenarios.entries()) {
      test(scenario.title, async () => {
        assert.ok(stand !== null);
        await scenario.run(stand, `${prefix}-${index}`);
        await stand.check();
      });
    }
    after(async () => {
      await stand?.close();
      if (stand !== null) closed(stand);
    });
  });
}
