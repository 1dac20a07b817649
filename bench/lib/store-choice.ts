export type StoreName = "sqlite" | "memory" | "postgres";

export interface StoreChoice {
  readonly store: StoreName;
  /** With `postgres`: the server to use; null for one of our own. */
  readonly serverUrl: string | null;
}
