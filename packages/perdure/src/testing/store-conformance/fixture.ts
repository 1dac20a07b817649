import type { Store } from "../../store/contract.ts";

/** A system clock that a test sets. */
export interface TestClock {
  now: number;
}

/** How a store is opened for the suite. Every test gets data of its own. */
export interface StoreFixture {
  readonly name: string;
  /** Opens a store on fresh, empty data. */
  open(clock: TestClock): Promise<OpenStore>;
}

export interface OpenStore {
  readonly store: Store;
  /** Another store object on the same data, as another process would have; absent when the data cannot be shared. */
  readonly openAnother?: () => Promise<Store>;
  dispose(): Promise<void>;
}

export const START_OF_TIME = 1_790_000_000_000;

/** On data that can be shared: each call of `open` gives a store on it. All are closed before the data goes. */
export async function openShared(open: () => Promise<Store>, removeData: () => void = () => {}): Promise<OpenStore> {
  const opened: Store[] = [];
  const openAnother = async () => {
    const store = await open();
    opened.push(store);
    return store;
  };
  return {
    store: await openAnother(),
    openAnother,
    async dispose() {
      await Promise.all(opened.map((store) => store.close()));
      removeData();
    },
  };
}
