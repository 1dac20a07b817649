import type { FunctionLogger } from "../telemetry/function-logger.ts";

export interface HttpFunctionContext<Client> {
  readonly client: Client;
  /** Route parameters, percent-decoded; an optional one that was left out is absent. */
  readonly params: { readonly [name: string]: string };
  readonly log: FunctionLogger;
}

/** How a client function takes the body of a request. */
export interface BodyPassing {
  /** True: it keeps no more of it than it says itself, so nothing of it counts as held, and each part has the time that a whole body has otherwise. */
  readonly passesBodyOn?: boolean;
}

/** What the HTTP room needs of a client function, however it was made. `undefined` is answered as 204, anything but a Response is a failure of the function. */
export interface HttpFunctionDefinition<Client> extends BodyPassing {
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
