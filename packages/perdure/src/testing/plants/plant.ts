import type { SeedRun } from "../simulation/child.ts";
import type { StoreKind } from "../simulation/world.ts";

/** A fault put into one line of the product on purpose: the simulator, or a test, must find it, or it proves less than it says. */
export interface Plant {
  readonly name: string;
  /** What the line does wrong, and so what would happen to users. */
  readonly sentence: string;
  /** Below `src/`. */
  readonly file: string;
  /** Stands in that file exactly once. */
  readonly search: string;
  readonly replace: string;
  /** By which runs it is found; default: those of a whole cluster. */
  readonly run?: SeedRun;
  /** The store of those runs; default: memory. */
  readonly store?: StoreKind;
  /** For faults outside the simulator's world: the test file, seen from `src/`, that finds it in place of seeds. */
  readonly test?: string;
  /** A seed that finds it at little cost (`npm run sim -- --plant --record` brings it up to date): tried before all others, for some faults take hundreds. */
  readonly seed: number;
}
