/** One request to one address, as it leaves the process: tokens and secrets are in it. */
export interface Hop {
  readonly method: string;
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  readonly body: Uint8Array | null;
}

/** What came back, its body decompressed. */
export interface HopAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | readonly string[] };
  readonly body: Uint8Array;
}

/** Sends one request and follows nothing. `maxBytes`: of the body of the answer. Throws HttpCallError. */
export type SendHop = (hop: Hop, limits: { readonly signal: AbortSignal; readonly maxBytes: number }) => Promise<HopAnswer>;
