import { types } from "node:util";
import { fault } from "../../errors/perdure-error.ts";
import { shown } from "../../errors/shown.ts";
import type { Duration } from "../../model/duration.ts";
import type { BodyEncoding, HttpRequest, TokenRequest } from "../../model/http-call.ts";
import type { Options } from "../../model/options.ts";
import { booleanOption, durationOption, isRecord, optional, parseOptions, stringOption } from "../../model/options.ts";
import type { HttpCall } from "../tasks/http-task.ts";
import type { RetryOptions } from "./retry-options.ts";
import { parseRetry, RETRY_OPTIONS } from "./retry-options.ts";

/** Retries of a request. Without a list of `statusCodes` every answer outside 200 to 299 is tried again, and every request that found no server. */
export type HttpRetryOptions = RetryOptions & {
  /** Only these answers are tried again; all others are results. */
  readonly statusCodes?: readonly number[];
};

/** A bearer token from a source of the hub (`http.tokenSources`), which is asked when the request is sent. */
export interface HttpTokenSource {
  /** Name of the source. */
  readonly name: string;
  /** For what the token is, as the source understands it: the id of a resource, a scope. */
  readonly resource?: string;
  readonly options?: { readonly [option: string]: string };
}

export interface HttpCallOptions {
  /** Default GET. */
  readonly method?: string;
  /** `http:` or `https:`, without a user name or password. */
  readonly url: string | URL;
  /** They are part of the history: what is secret belongs into `secretHeaders`. */
  readonly headers?: { readonly [name: string]: string };
  /** A string is sent as it is, a Uint8Array as its bytes, URLSearchParams as a form, anything else as JSON. */
  readonly body?: unknown;
  /** "base64": the string in `body` is the base64 of what is sent. Default "text". */
  readonly bodyEncoding?: BodyEncoding;
  /** Default: none. Then an answer of any status is a result, and only a request that found no server, or no answer in time, is a failure. */
  readonly retry?: HttpRetryOptions;
  /** For each request. Default 4 minutes. */
  readonly timeout?: Duration;
  /** An answer 202 with a `Location` is followed there by GET until another answer comes. Default true. */
  readonly polling?: boolean;
  /** First pause between such questions where the server gives no `Retry-After`; doubles up to one minute. Default 30 seconds. */
  readonly pollEvery?: Duration;
  /** `Authorization: Bearer …` from this source of the hub. */
  readonly tokenSource?: string | HttpTokenSource;
  /** Name of a header → name of a secret of the hub (`http.secrets`): only the name is recorded. */
  readonly secretHeaders?: { readonly [header: string]: string };
}

const OPTIONS = [
  "method",
  "url",
  "headers",
  "body",
  "bodyEncoding",
  "retry",
  "timeout",
  "polling",
  "pollEvery",
  "tokenSource",
  "secretHeaders",
];
const WHERE = "ctx.callHttp";
const POLL_EVERY_MS = 30_000;

/** A token of RFC 9110: names of methods and headers. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What a header may hold: printable Latin-1 and tabs. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** The connection sets them. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Checks every option; throws errors that name it. */
export function parseHttpCall(given: unknown): HttpCall {
  const options = parseOptions(given, OPTIONS, WHERE);
  const method = optional(options, "method", WHERE, methodOption) ?? "GET";
  const headers = optional(options, "headers", WHERE, headersOption) ?? {};
  const secretHeaders = optional(options, "secretHeaders", WHERE, headersOption);
  const tokenSource = optional(options, "tokenSource", WHERE, tokenOption);
  for (const name of [...Object.keys(secretHeaders ?? {}), ...(tokenSource === undefined ? [] : ["authorization"])])
    if (Object.hasOwn(headers, name)) throw fault("CALL_INVALID", WHERE, `the header "${name}" is given twice`);
  const { retry, failsOn } = retryOf(options);
  const request: HttpRequest = {
    method,
    url: urlOption(options.url),
    ...bodyOf(options, headers),
    ...(tokenSource === undefined ? {} : { tokenSource }),
    ...(secretHeaders === undefined ? {} : { secretHeaders }),
    ...(failsOn === undefined ? {} : { failsOn }),
  };
  return {
    request,
    retry,
    timeoutMs: optional(options, "timeout", WHERE, durationOption) ?? null,
    polls: optional(options, "polling", WHERE, booleanOption) ?? true,
    pollEveryMs: optional(options, "pollEvery", WHERE, durationOption) ?? POLL_EVERY_MS,
  };
}

function methodOption(value: unknown, where: string, option: string): string {
  const method = stringOption(value, where, option);
  if (!TOKEN.test(method) || method.toUpperCase() === "CONNECT") throw fault("OPTION_INVALID", where, option, value, "a method of HTTP");
  return method.toUpperCase();
}

function urlOption(value: unknown): string {
  const url = typeof value === "string" ? URL.parse(value) : value instanceof URL ? value : null;
  if (url === null || !(url.protocol === "http:" || url.protocol === "https:"))
    throw fault("OPTION_INVALID", WHERE, "url", value, "an absolute address with http: or https:");
  if (url.username !== "" || url.password !== "")
    throw fault(
      "CALL_INVALID",
      WHERE,
      `the address of ${url.host} has a user name or password, which would be recorded: use secretHeaders or a tokenSource`,
    );
  return url.href;
}

function headersOption(value: unknown, where: string, option: string): { readonly [name: string]: string } {
  if (!isRecord(value)) throw fault("OPTION_INVALID", where, option, value, "an object of header names and strings");
  const headers: { [name: string]: string } = {};
  for (const [name, text] of Object.entries(value)) {
    const lower = name.toLowerCase();
    if (!TOKEN.test(name)) throw fault("CALL_INVALID", where, `${shown(name)} is not the name of a header`);
    if (OWN_HEADERS.has(lower)) throw fault("CALL_INVALID", where, `the header "${lower}" is set by the connection and cannot be given`);
    if (typeof text !== "string" || !HEADER_VALUE.test(text))
      throw fault("CALL_INVALID", where, `the value of "${lower}" in ${option} cannot be sent: give a string of printable characters`);
    headers[lower] = text;
  }
  return headers;
}

function tokenOption(value: unknown, where: string, option: string): TokenRequest {
  if (typeof value === "string" && value !== "") return { name: value };
  const form = "the name of a token source, or { name, resource, options }";
  if (!isRecord(value) || typeof value.name !== "string" || value.name === "") throw fault("OPTION_INVALID", where, option, value, form);
  const source = parseOptions(value, ["name", "resource", "options"], `${where}, ${option}`);
  const resource = optional(source, "resource", where, stringOption);
  const { options } = source;
  if (options !== undefined && !(isRecord(options) && Object.values(options).every((text) => typeof text === "string")))
    throw fault("OPTION_INVALID", `${where}, ${option}`, "options", options, "an object of strings");
  return {
    name: value.name,
    ...(resource === undefined ? {} : { resource }),
    ...(options === undefined ? {} : { options: options as { readonly [option: string]: string } }),
  };
}

function retryOf(options: Options): { readonly retry: HttpCall["retry"]; readonly failsOn?: HttpRequest["failsOn"] } {
  if (options.retry === undefined) return { retry: null };
  const at = `${WHERE}, retry`;
  const { statusCodes, ...policy } = parseOptions(options.retry, [...RETRY_OPTIONS, "statusCodes"], at);
  const retry = parseRetry(policy, WHERE);
  if (statusCodes === undefined) return { retry, failsOn: "notSuccessful" };
  const isStatus = (code: unknown) => typeof code === "number" && Number.isInteger(code) && code >= 100 && code <= 599;
  if (!Array.isArray(statusCodes) || !statusCodes.every(isStatus))
    throw fault("OPTION_INVALID", at, "statusCodes", statusCodes, "a list of status codes, such as [429, 503]");
  return { retry, failsOn: [...statusCodes] };
}

type Body = Pick<HttpRequest, "headers" | "body" | "bodyEncoding">;

function bodyOf(options: Options, headers: HttpRequest["headers"]): Body {
  const { body, bodyEncoding } = options;
  const typed = (type: string): HttpRequest["headers"] => ("content-type" in headers ? headers : { ...headers, "content-type": type });
  if (bodyEncoding !== undefined && bodyEncoding !== "text" && bodyEncoding !== "base64")
    throw fault("OPTION_INVALID", WHERE, "bodyEncoding", bodyEncoding, '"text" or "base64"');
  if (bodyEncoding !== undefined && typeof body !== "string")
    throw fault("CALL_INVALID", WHERE, "bodyEncoding needs a body that is a string");
  if (body === undefined || body === null) return { headers };
  if (bodyEncoding === "base64") return { headers, body: body as string, bodyEncoding };
  if (typeof body === "string") return { headers: typed("text/plain; charset=utf-8"), body };
  if (types.isUint8Array(body)) return { headers, body: Buffer.from(body).toString("base64"), bodyEncoding: "base64" };
  if (body instanceof URLSearchParams) return { headers: typed("application/x-www-form-urlencoded"), body: body.toString() };
  if (typeof body === "object" && !Array.isArray(body) && !isRecord(body) && !("toJSON" in body))
    throw fault(
      "CALL_INVALID",
      WHERE,
      `a body that is ${Object.prototype.toString.call(body)} cannot be recorded: give text, bytes or JSON`,
    );
  return { headers: typed("application/json"), body: jsonText(body) };
}

function jsonText(body: unknown): string {
  const text = JSON.stringify(body);
  if (text === undefined)
    throw fault("CALL_INVALID", WHERE, `a body that is a ${typeof body} cannot be recorded: give text, bytes or JSON`);
  return text;
}
