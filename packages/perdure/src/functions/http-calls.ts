import { fault } from "../errors/perdure-error.ts";
import type { Options } from "../model/options.ts";
import { booleanOption, isRecord, optional, parseOptions } from "../model/options.ts";

/** For what a token is asked. */
export interface TokenTarget {
  /** Address of the request. */
  readonly url: string;
  readonly resource: string | null;
  readonly options: { readonly [option: string]: string };
}

/** A token, or a token and the time until which it is used again. */
export type Token = string | { readonly token: string; readonly expiresAt: Date };
export type TokenSource = (target: TokenTarget) => Token | Promise<Token>;
export type Secret = string | (() => string | Promise<string>);

/** What `ctx.callHttp` may reach from this process, and with which secrets. */
export interface HubHttpOptions {
  /**
   * Asked for each request and each redirect, with each address that the name of the host has: only addresses for which it says true are connected to.
   * Default: all that `privateNetworks` leaves.
   */
  readonly allow?: (url: URL, address: string) => boolean;
  /** True: addresses of this machine and of private networks may be called too (10.x, 192.168.x, 127.x, fd00:: and others). Default false. */
  readonly privateNetworks?: boolean;
  /** By name, for `tokenSource` of a call. */
  readonly tokenSources?: { readonly [name: string]: TokenSource };
  /** By name, for `secretHeaders` of a call; a function is asked for each request. */
  readonly secrets?: { readonly [name: string]: Secret };
}

/** What `ctx.callHttp` of an app may reach. It is exported, or listed, like a function. */
export interface HttpCalls {
  readonly kind: "http calls";
  readonly settings: HubHttp;
}

/**
 * The same as the option `http` of `TaskHub.open`, as a part of the app: for `perdure start`. At most one in an app; the option of the hub wins. Throws
 * OPTION_UNKNOWN and OPTION_INVALID, never with the value of a secret.
 */
export const httpCalls = (options: HubHttpOptions): HttpCalls => ({ kind: "http calls", settings: parseHubHttp(options, "httpCalls") });

export interface HubHttp {
  readonly allow: ((url: URL, address: string) => boolean) | null;
  readonly privateNetworks: boolean;
  readonly tokenSources: { readonly [name: string]: TokenSource };
  readonly secrets: { readonly [name: string]: Secret };
}

const OPTIONS = ["allow", "privateNetworks", "tokenSources", "secrets"];

/** Of no options: public addresses only, no tokens. Throws OPTION_UNKNOWN and OPTION_INVALID, never with the value of a secret. */
export function parseHubHttp(given: unknown, where: string): HubHttp {
  const options = parseOptions(given, OPTIONS, where);
  return {
    allow: optional(options, "allow", where, functionOption) ?? null,
    privateNetworks: optional(options, "privateNetworks", where, booleanOption) ?? false,
    tokenSources: named<TokenSource>(options, "tokenSources", where, isFunction, "an object of functions"),
    secrets: named<Secret>(
      options,
      "secrets",
      where,
      (value) => typeof value === "string" || isFunction(value),
      "an object of strings and functions",
    ),
  };
}

const isFunction = (value: unknown): boolean => typeof value === "function";

function functionOption(value: unknown, where: string, option: string): (url: URL, address: string) => boolean {
  if (typeof value !== "function") throw fault("OPTION_INVALID", where, option, value, "a function");
  return value as (url: URL, address: string) => boolean;
}

function named<Value>(
  options: Options,
  option: string,
  where: string,
  isOne: (value: unknown) => boolean,
  form: string,
): { readonly [name: string]: Value } {
  const value = options[option];
  if (value === undefined) return {};
  if (!isRecord(value)) throw fault("OPTION_INVALID", where, option, typeof value, form);
  const wrong = Object.entries(value).find(([, one]) => !isOne(one));
  if (wrong !== undefined) throw fault("OPTION_INVALID", `${where} ${option}`, wrong[0], typeof wrong[1], form);
  return value as { readonly [name: string]: Value };
}
