import type { Secret, Token, TokenSource } from "../functions/http-calls.ts";
import type { HttpRequest, TokenRequest } from "../model/http-call.ts";
import { errorText } from "../telemetry/value-text.ts";
import { httpFault } from "./http-call-error.ts";

/** So long before its end a token is fetched again: it must still hold when the request arrives. */
const SPARE_MS = 60_000;

export interface CredentialParts {
  readonly tokenSources: { readonly [name: string]: TokenSource };
  readonly secrets: { readonly [name: string]: Secret };
  /** ms since 1970. */
  readonly now: () => number;
}

/** The secrets of requests, added as they leave the process. Tokens that said how long they hold are kept in memory until then. */
export class Credentials {
  readonly #parts: CredentialParts;
  readonly #kept = new Map<string, { readonly token: string; readonly until: number }>();

  constructor(parts: CredentialParts) {
    this.#parts = parts;
  }

  /** Throws HttpCallError with names, never with values. */
  async headersFor(request: HttpRequest): Promise<{ readonly [name: string]: string }> {
    const headers: { [name: string]: string } = {};
    for (const [header, name] of Object.entries(request.secretHeaders ?? {})) headers[header] = await this.#secret(name, request.url);
    if (request.tokenSource !== undefined) headers.authorization = `Bearer ${await this.#token(request.tokenSource, request.url)}`;
    return headers;
  }

  /** A server has refused it. */
  forget(request: HttpRequest): void {
    if (request.tokenSource !== undefined) this.#kept.delete(keyOf(request.tokenSource));
  }

  async #secret(name: string, url: string): Promise<string> {
    const { secrets } = this.#parts;
    if (!Object.hasOwn(secrets, name)) throw httpFault("HTTP_CALL_UNKNOWN_NAME", "secret", name, Object.keys(secrets));
    const secret = secrets[name];
    const value: unknown = typeof secret === "function" ? await asked("secret", name, url, secret) : secret;
    if (typeof value !== "string") throw httpFault("HTTP_CALL_NO_SECRET", "secret", name, url, `it gave ${typeof value}, not a string`);
    return value;
  }

  async #token(source: TokenRequest, url: string): Promise<string> {
    const { tokenSources, now } = this.#parts;
    const { name, resource = null, options = {} } = source;
    const fetchToken = Object.hasOwn(tokenSources, name) ? tokenSources[name] : undefined;
    if (fetchToken === undefined) throw httpFault("HTTP_CALL_UNKNOWN_NAME", "token source", name, Object.keys(tokenSources));
    const key = keyOf(source);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > now()) return kept.token;
    const token: unknown = await asked("token source", name, url, () => fetchToken({ url, resource, options }));
    if (typeof token === "string") return token;
    if (!isExpiring(token))
      throw httpFault("HTTP_CALL_NO_SECRET", "token source", name, url, "it gave neither a string nor { token, expiresAt }");
    this.#kept.set(key, { token: token.token, until: token.expiresAt.getTime() - SPARE_MS });
    return token.token;
  }
}

const keyOf = ({ name, resource, options }: TokenRequest): string => JSON.stringify([name, resource, options]);

async function asked<T>(what: "secret" | "token source", name: string, url: string, ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw httpFault("HTTP_CALL_NO_SECRET", what, name, url, errorText(error));
  }
}

const isExpiring = (token: unknown): token is Exclude<Token, string> =>
  typeof token === "object" &&
  token !== null &&
  "token" in token &&
  typeof token.token === "string" &&
  "expiresAt" in token &&
  token.expiresAt instanceof Date;
