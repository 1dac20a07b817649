import type { HttpAnswer, HttpRequest } from "../../model/http-call.ts";
import { headerOf, statusRequest } from "../../model/http-call.ts";

/** What the library makes of the options of `callHttp`. */
export interface SdkHttpRequest {
  readonly method: string;
  readonly uri: string;
  /** Text already. */
  readonly content?: string | null;
  readonly headers?: { readonly [name: string]: string } | null;
  readonly tokenSource?: { readonly kind?: string; readonly resource?: string } | null;
  readonly asynchronousPatternEnabled?: boolean;
}

/** The input of the activity that sends it. */
function httpRequestOf({ method, uri, content, headers, tokenSource }: SdkHttpRequest): HttpRequest {
  const named = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
  const hasBody = content !== undefined && content !== null;
  const typed = hasBody && named["content-type"] === undefined ? { ...named, "content-type": "text/plain; charset=utf-8" } : named;
  const { kind, resource } = tokenSource ?? {};
  return {
    method: method.toUpperCase(),
    url: uri,
    headers: typed,
    ...(hasBody ? { body: content } : {}),
    ...(kind === undefined ? {} : { tokenSource: { name: kind, ...(resource === undefined ? {} : { resource }) } }),
  };
}

/**
 * Where a call over HTTP stands. The library gets one completion: it would count the polling of accepted work by itself, and ask the address of the status
 * with the method of the call.
 */
export class HttpCallState {
  request: HttpRequest;
  readonly #polls: boolean;

  constructor(asked: SdkHttpRequest) {
    this.request = httpRequestOf(asked);
    this.#polls = asked.asynchronousPatternEnabled !== false;
  }

  /** Milliseconds until the status of the accepted work is asked for; null: this is the answer of the call. */
  pauseAfter(answer: HttpAnswer, pollMs: number): number | null {
    const next = this.#polls && answer.status === ACCEPTED ? statusRequest(this.request, answer) : null;
    if (next === null) return null;
    this.request = next;
    const seconds = Number.parseInt(headerOf(answer, "retry-after") ?? "", 10);
    return seconds >= 0 ? Math.max(SHORTEST_PAUSE_MS, seconds * 1_000) : pollMs;
  }

  /** As the caller sees it. An answer that would make the library poll has no Location. */
  resultOf({ status, headers, body, bodyEncoding }: HttpAnswer): object {
    const content = bodyEncoding === "base64" ? Buffer.from(body, "base64").toString("utf8") : body;
    const wouldPoll = this.#polls && status === ACCEPTED;
    const told = wouldPoll ? Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "location")) : headers;
    return { statusCode: status, headers: told, content };
  }
}

const ACCEPTED = 202;
/** A server that answers "Retry-After: 0" for an hour would fill the history. */
const SHORTEST_PAUSE_MS = 1_000;
