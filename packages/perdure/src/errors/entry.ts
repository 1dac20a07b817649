/** Who must act: the caller of the client API, the author of a function, the operator of the store, the operator who starts the host, or us. */
export type ErrorKind = "client" | "function" | "store" | "configuration" | "internal";

export interface Entry<Args extends readonly unknown[]> {
  readonly kind: ErrorKind;
  /** What the management API answers. */
  readonly http: number;
  readonly text: (...args: Args) => string;
}

export const entry = <Args extends readonly unknown[]>(kind: ErrorKind, http: number, text: (...args: Args) => string): Entry<Args> => ({
  kind,
  http,
  text,
});
