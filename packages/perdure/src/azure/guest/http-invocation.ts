import type { HttpAnswer, HttpInvocation } from "../../app-threads/guest.ts";
import { isRecord } from "../../model/options.ts";
import type { RpcData, RpcHttpRequest } from "./core-types.ts";
import { setCookie } from "./set-cookie.ts";

/** The request as the library makes its HttpRequest of it. */
export function rpcHttp(call: Omit<HttpInvocation, "body">, body: Uint8Array | null): RpcHttpRequest {
  return {
    method: call.method,
    url: call.url,
    headers: joined(call.headers),
    params: call.params,
    query: joined(new URL(call.url).searchParams),
    ...(body === null ? {} : { body: { bytes: body } }),
  };
}

/**
 * Of a request whose body and answer go through the server of the library: there everything but the body is here. What is a parameter must be a string; values
 * of the query are parameters too, as on Azure, and those of the route win.
 */
export function streamedMetadata(call: HttpInvocation): { readonly [name: string]: RpcData } {
  const query = joined(new URL(call.url).searchParams);
  const params = { ...query, ...call.params };
  return {
    ...Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { string: value }])),
    Query: { json: JSON.stringify(query) },
    Headers: { json: JSON.stringify(joined(call.headers)) },
  };
}

/** What is there more than once is one text with commas, as Azure's host sends it. */
function joined(pairs: Iterable<readonly [string, string]>): { readonly [name: string]: string } {
  const all: { [name: string]: string } = {};
  for (const [name, value] of pairs) {
    const before = Object.hasOwn(all, name) ? all[name] : undefined;
    Object.defineProperty(all, name, {
      value: before === undefined ? value : `${before},${value}`,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return all;
}

export const NO_CONTENT: HttpAnswer = { kind: "http", status: 204, headers: [], body: null };

/** The answer in what the library made of the function's return value. A function that returned nothing is answered 204. */
export function httpAnswer(response: unknown): HttpAnswer {
  const value = isRecord(response) ? response.returnValue : undefined;
  const http = isRecord(value) ? value.http : undefined;
  if (!isRecord(http)) return NO_CONTENT;
  const status = Number(http.statusCode);
  const headers = isRecord(http.headers) ? Object.entries(http.headers) : [];
  const cookies = Array.isArray(http.cookies) ? http.cookies : [];
  const body = isRecord(http.body) && http.body.bytes instanceof Uint8Array ? http.body.bytes : null;
  return {
    kind: "http",
    status: Number.isInteger(status) ? status : 200,
    headers: [
      ...headers.map(([name, text]): [string, string] => [name, String(text)]),
      ...cookies.map((cookie): [string, string] => ["set-cookie", setCookie(cookie)]),
    ],
    body: body === null || body.byteLength === 0 ? null : body,
  };
}
