import type { Store } from "../../src/store/contract.ts";

/** Where the rows of a stand lie, and the ways to them. */
export interface Ground {
  /** Beneath everything that watches or distorts. */
  readonly store: Store;
  /** For one more worker or client: `store` itself, or on PostgreSQL a way of its own to the same rows, as another process has it. */
  connect(): Promise<Store>;
  close(): Promise<void>;
}
