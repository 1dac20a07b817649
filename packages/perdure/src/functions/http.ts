import { fault } from "../errors/perdure-error.ts";
import { optional, parseOptions, stringOption } from "../model/options.ts";
import type { FunctionLogger } from "../telemetry/function-logger.ts";
import type { DurableClient } from "./client-types.ts";
import { checkedName } from "./names.ts";
import { handlerOf } from "./options.ts";
import type { Nothing } from "./wire.ts";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS";

export interface HttpOptions {
  /** Default GET and POST. */
  readonly methods?: readonly HttpMethod[];
  /** Template under `/api/`: `orders/{id}`. Default: the function's name. */
  readonly route?: string;
  /** "anonymous": no key is asked for, even where the host has keys. Default "function". */
  readonly authLevel?: "anonymous" | "function";
}

export interface HttpContext {
  readonly client: DurableClient;
  /** Values of the route's `{names}`. */
  readonly params: { readonly [name: string]: string };
  readonly log: FunctionLogger;
}

/** A handler that returns nothing is answered 204. */
export type HttpFunctionHandler = (request: Request, context: HttpContext) => HttpAnswer | Promise<HttpAnswer>;

type HttpAnswer = Response | undefined | Nothing;

/** A client function that answers HTTP requests. */
export interface HttpFunction {
  readonly kind: "http";
  readonly name: string;
  readonly methods: readonly HttpMethod[];
  readonly route: string;
  readonly authLevel: "anonymous" | "function";
  readonly handler: HttpFunctionHandler;
}

const OPTIONS = ["methods", "route", "authLevel"];
const METHODS: readonly HttpMethod[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const isMethod = (value: unknown): value is HttpMethod => METHODS.some((method) => method === value);

export function http(name: string, handler: HttpFunctionHandler): HttpFunction;
export function http(name: string, options: HttpOptions, handler: HttpFunctionHandler): HttpFunction;
export function http(name: string, ...rest: readonly unknown[]): HttpFunction {
  const checked = checkedName(name);
  const where = `http "${checked}"`;
  const { options, handler } = handlerOf(rest, where);
  parseOptions(options, OPTIONS, where);
  const methods = options.methods ?? ["GET", "POST"];
  if (!Array.isArray(methods) || methods.length === 0 || !methods.every(isMethod))
    throw fault("OPTION_INVALID", where, "methods", methods, `a list of ${METHODS.join(", ")}`);
  const route = optional(options, "route", where, stringOption) ?? checked;
  const authLevel = options.authLevel ?? "function";
  if (authLevel !== "anonymous" && authLevel !== "function") {
    throw fault("OPTION_INVALID", where, "authLevel", authLevel, '"anonymous" or "function"');
  }
  return { kind: "http", name: checked, methods, route: route.replace(/^\/+/, ""), authLevel, handler: handler as HttpFunctionHandler };
}
