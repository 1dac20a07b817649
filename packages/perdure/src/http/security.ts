import { nodeCrypto } from "../process/node-crypto.ts";
import type { RequestQuery } from "./request-query.ts";

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
const LOOPBACK_ADDRESSES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "::1", "[::1]"]);

/** True for addresses that other machines cannot reach. */
export const isLoopbackAddress = (hostname: string): boolean => LOOPBACK_ADDRESSES.has(hostname.toLowerCase());

/**
 * Without a key the only protection is that no other client can connect, so a web page must not do it for them: the Host must be a loopback
 * name (a page under a name that was re-bound to 127.0.0.1 carries that name), and the page must be the host's own or of an allowed origin.
 *
 * Which page it is stands in Origin, which browsers leave out of a GET for an image, a link or a frame: then in Sec-Fetch-Site, which no page can
 * change. What is typed into a browser (`none`) and what comes from no browser (absent) is the user's own doing. `same-site` is another port or another
 * program on this machine, so it is as foreign as `cross-site`.
 */
export function refusalWithoutKey(request: Request, url: URL, corsOrigins: readonly string[]): Refusal | null {
  const { headers } = request;
  if (!LOOPBACK_NAMES.has(url.hostname) || !isLoopbackHost(headers.get("host"))) return "name";
  const origin = headers.get("origin");
  if (origin !== null) return origin === url.origin || isAllowedOrigin(origin, corsOrigins) ? null : "page";
  const site = headers.get("sec-fetch-site");
  const isOwn = site === null || site === "same-origin" || site === "none";
  return isOwn || isAllowedOrigin(originOf(headers.get("referer")), corsOrigins) ? null : "page";
}

/** It came under a name that is not a loopback name, or from a foreign page. */
export type Refusal = "name" | "page";

/** Of the page that a browser names in Referer, which it may leave out and no page can forge. */
export const originOf = (referer: string | null): string => (referer !== null && URL.canParse(referer) ? new URL(referer).origin : "");

export const isAllowedOrigin = (origin: string, corsOrigins: readonly string[]): boolean =>
  corsOrigins.includes("*") || corsOrigins.includes(origin);

/** An absent Host (a Request made in this process) adds nothing to what its URL says. */
function isLoopbackHost(host: string | null): boolean {
  if (host === null) return true;
  return LOOPBACK_NAMES.has(host.toLowerCase().replace(/:\d+$/, ""));
}

/** Tells whether a text is one of the keys. It takes as long whichever it is, and whatever was given. */
export function keyMatcher(keys: readonly string[]): (given: string) => boolean {
  const digests = keys.map(digest);
  return (given) => {
    const seen = digest(given);
    let found = false;
    for (const known of digests) found = nodeCrypto().timingSafeEqual(known, seen) || found;
    return found;
  };
}

/** Tells whether a request carries one of the keys: header `x-functions-key` if it is there, else `code` in the query. */
export function keyCheck(keys: readonly string[]): (request: Request, query: RequestQuery) => boolean {
  const isKey = keyMatcher(keys);
  return (request, query) => {
    const given = request.headers.get("x-functions-key") ?? query.text("code");
    return given !== null && isKey(given);
  };
}

/** Equal lengths, so that comparing tells nothing about the length of a key either. */
const digest = (key: string): Buffer => nodeCrypto().createHash("sha256").update(key).digest();
