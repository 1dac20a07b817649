/** The activity that each worker has for `ctx.callHttp`. */
export const HTTP_ACTIVITY = "BuiltIn::HttpActivity";

/** What a text of another form is encoded as. */
export type BodyEncoding = "text" | "base64";

/** Where a bearer token comes from: a source of the hub, by name, and for which resource. The token itself is never part of it. */
export interface TokenRequest {
  readonly name: string;
  readonly resource?: string;
  readonly options?: { readonly [option: string]: string };
}

/** One request as the history has it: the input of {@link HTTP_ACTIVITY}. Names of headers are in lower case. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
  readonly bodyEncoding?: BodyEncoding;
  readonly tokenSource?: TokenRequest;
  /** Name of the header → name of the hub's secret. */
  readonly secretHeaders?: { readonly [header: string]: string };
  /** Answers that fail the attempt; absent: every answer is a result. */
  readonly failsOn?: "notSuccessful" | readonly number[];
}

/** What `ctx.callHttp` gives. */
export interface HttpAnswer {
  /** Where it came from, after redirects. */
  readonly url: string;
  readonly status: number;
  /** Names in lower case; a list where the header came several times and its values cannot be joined. */
  readonly headers: { readonly [name: string]: string | readonly string[] };
  /** As text, or in base64 where `bodyEncoding` says so. */
  readonly body: string;
  readonly bodyEncoding: BodyEncoding;
}

/** These prove who is calling, to one origin only. */
const CREDENTIALS: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);
/** A key for one function of an Azure app: it is never passed on, not even to the same origin. */
const FUNCTION_KEY = "x-functions-key";
/** The name of the host is that of the next address. */
const OF_ONE_ORIGIN: ReadonlySet<string> = new Set(["host"]);

/**
 * The request for the next address that a server named (a redirect, or the status of accepted work). Another scheme, host or port gets nothing that proves who
 * calls. What is dropped stays dropped, also when a later address leads back.
 */
export function towards(request: HttpRequest, url: string, isSameOrigin: boolean): HttpRequest {
  const { tokenSource, secretHeaders, headers, ...rest } = request;
  const keeps = (name: string) => name !== FUNCTION_KEY && (isSameOrigin || !(CREDENTIALS.has(name) || OF_ONE_ORIGIN.has(name)));
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => keeps(name)));
  const secrets = Object.entries(secretHeaders ?? {}).filter(([name]) => isSameOrigin && keeps(name));
  return {
    ...rest,
    url,
    headers: kept,
    ...(tokenSource === undefined || !isSameOrigin ? {} : { tokenSource }),
    ...(secrets.length === 0 ? {} : { secretHeaders: Object.fromEntries(secrets) }),
  };
}

/** The same without a body, by GET. */
export function asGet(request: HttpRequest): HttpRequest {
  const { body: _, bodyEncoding: __, headers, ...rest } = request;
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("content-")));
  return { ...rest, method: "GET", headers: kept };
}

/** What asks how far the accepted work is; null: the answer does not say where. */
export function statusRequest(request: HttpRequest, answer: HttpAnswer): HttpRequest | null {
  const location = headerOf(answer, "location");
  const target = location === null ? null : URL.parse(location, answer.url);
  if (target === null || !(target.protocol === "http:" || target.protocol === "https:")) return null;
  // After redirects to another origin the answer is that one's: nothing of the first goes there.
  const isSameOrigin = [request.url, answer.url].every((url) => new URL(url).origin === target.origin);
  return asGet(towards(request, target.href, isSameOrigin));
}

/** The first value of a header; null when there is none. */
export function headerOf({ headers }: Pick<HttpAnswer, "headers">, name: string): string | null {
  const value = headers[name];
  return value === undefined ? null : typeof value === "string" ? value : (value[0] ?? null);
}
