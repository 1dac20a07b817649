import type { FunctionLogger } from "../telemetry/function-logger.ts";

export interface HttpFunctionContext<Client> {
  readonly client: Client;
  /** Route parameters, percent-decoded; an optional one that was left out is absent. */
  readonly params: { readonly [name: string]: string };
  readonly log: FunctionLogger;
}

/** What the HTTP room needs of a client function, however it was made. `undefined` is answered as 204, anything but a Response is a failure of the function. */
export interface HttpFunctionDefinition<Client> {
  readonly kind: "http";
  readonly name: string;
  /** Route template under the route prefix; absent: the function's name. */
  readonly route?: string;
  /** Absent: GET and POST. */
  readonly methods?: readonly string[];
  /** Whether a key is demanded when the host has keys. Absent: "function", a key is demanded. */
  readonly authLevel?: "anonymous" | "function";
  readonly handler: (request: Request, context: HttpFunctionContext<Client>) => unknown;
}
