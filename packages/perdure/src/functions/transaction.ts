/** What `pg`'s `Client` and `PoolClient` are: a connection on which you have begun a transaction. */
export interface Transaction {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}
