import { externalOrigin } from "../../http/external-origin.ts";
import type { HttpHandler, RequestContext } from "../../http/handler.ts";
import type { Hsts, HttpSettings } from "../settings/http-settings.ts";

const HSTS = "strict-transport-security";

/**
 * The handler with `customHeaders` and `hsts` of host.json on every answer that has not such a header itself. Whether a caller came by HTTPS is known
 * only from a proxy whose headers are trusted: this host speaks plain HTTP.
 */
export function withAnswerHeaders(handler: HttpHandler, { headers, hsts }: HttpSettings, forwardedHost: boolean): HttpHandler {
  if (headers.length === 0 && hsts === null) return handler;
  const answer = async (request: Request, context?: RequestContext): Promise<Response> => {
    const response = await handler(request, context);
    const all = new Headers(response.headers);
    for (const [name, value] of headers) if (!all.has(name)) all.set(name, value);
    const security = hsts === null ? null : hstsFor(hsts, new URL(externalOrigin(request, forwardedHost)));
    if (security !== null && !all.has(HSTS)) all.set(HSTS, security);
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers: all });
  };
  const { demandsKey, serves, endStreams } = handler;
  return Object.assign(answer, { demandsKey, serves, endStreams });
}

const hstsFor = ({ value, excludedHosts }: Hsts, { protocol, hostname }: URL): string | null =>
  protocol === "https:" && !excludedHosts.includes(hostname) ? value : null;
