import type { HttpAnswer, HttpRequest } from "../model/http-call.ts";
import { asGet, headerOf, towards } from "../model/http-call.ts";
import type { Credentials } from "./credentials.ts";
import type { HopAnswer, SendHop } from "./hop.ts";
import { httpFault } from "./http-call-error.ts";
import { recordedBody } from "./recorded-body.ts";

const MOST_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const UNAUTHORIZED = 401;

export interface ExchangeParts {
  readonly send: SendHop;
  readonly credentials: Credentials;
  readonly maxBytes: number;
}

export interface Sent {
  readonly signal: AbortSignal;
  /** Sent along where the method may have an effect. */
  readonly idempotencyKey: string;
}

/** One request and the redirects that follow, each a hop of its own with only those headers that may go there. Throws HttpCallError. */
export async function exchange(parts: ExchangeParts, first: HttpRequest, sent: Sent): Promise<HttpAnswer> {
  let request = first;
  for (let redirects = 0; ; redirects++) {
    const answer = await oneHop(parts, request, sent);
    const next = redirectOf(request, answer);
    if (next === null) return { url: request.url, status: answer.status, headers: answer.headers, ...recordedBody(answer) };
    if (redirects === MOST_REDIRECTS) throw httpFault("HTTP_CALL_REDIRECTS", first.method, first.url, MOST_REDIRECTS, next.url);
    request = next;
  }
}

async function oneHop({ send, credentials, maxBytes }: ExchangeParts, request: HttpRequest, sent: Sent): Promise<HopAnswer> {
  const { method, body, bodyEncoding } = request;
  const key = REPEATABLE.has(method) ? {} : { "idempotency-key": sent.idempotencyKey };
  const headers = { "user-agent": "perdure", ...key, ...request.headers, ...(await credentials.headersFor(request)) };
  const bytes = body === undefined ? null : Buffer.from(body, bodyEncoding === "base64" ? "base64" : "utf8");
  const answer = await send({ method, url: new URL(request.url), headers, body: bytes }, { signal: sent.signal, maxBytes });
  if (answer.status === UNAUTHORIZED) credentials.forget(request);
  return answer;
}

/** By their definition a second one changes nothing more. */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** As browsers do it: after 303, and after 301 and 302 of a POST, by GET; else the same request again. Null: no redirect, or one that leads nowhere. */
function redirectOf(request: HttpRequest, answer: HopAnswer): HttpRequest | null {
  const location = REDIRECTS.has(answer.status) ? headerOf(answer, "location") : null;
  const target = location === null ? null : URL.parse(location, request.url);
  if (target === null || !(target.protocol === "http:" || target.protocol === "https:")) return null;
  const next = towards(request, target.href, target.origin === new URL(request.url).origin);
  const byGet = answer.status === 303 ? request.method !== "HEAD" : answer.status < 303 && request.method === "POST";
  return byGet ? asGet(next) : next;
}
