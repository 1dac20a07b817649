import type { Store } from "../../store/contract.ts";

/** A system clock that a test sets. */
export interface TestClock {
  now: number;
}

/** How a store is opened for the suite. Every test gets data of its own. */
export interface StoreFixture {
  readonly name: string;
  /** Opens a store on fresh, empty data. `path` names the data for {@link reopen}. */
  open(clock: TestClock): Promise<OpenStore>;
}

export interface OpenStore {
  readonly store: Store;
  /** Another store object on the same data, as another process would have; absent when the data cannot be shared. */
  readonly openAnother?: () => Promise<Store>;
  dispose(): Promise<void>;
}

export const START_OF_TIME = 1_790_000_000_000;
