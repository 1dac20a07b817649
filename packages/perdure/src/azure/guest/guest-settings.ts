/** What the guest of an Azure app is told beyond what every guest is: data. */
export interface AzureGuestSettings {
  readonly isModule: boolean;
  /** Settings of the app, by which `%NAME%` is replaced; the environment of its thread is the same. */
  readonly variables: { readonly [name: string]: string };
  /** Names of functions that settings disable. */
  readonly disabled: readonly string[];
  /** Least levels by category, as `logging.logLevel` of host.json has them. */
  readonly logLevels: { readonly [category: string]: string };
  /** Where the library calls the management API without a key; null: it uses the public URLs. */
  readonly rpcBaseUrl: string | null;
  /** Of one activity, in milliseconds; null: none. */
  readonly functionTimeoutMs: number | null;
}
