const HOST = /^(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * The origin under which the caller knows this host: that of the request, or with `trustForwarded` the one that a proxy names in
 * X-Forwarded-Host and X-Forwarded-Proto. Both must be there; of a list the first counts; what is not a host name is ignored.
 */
export function externalOrigin(request: Request, trustForwarded: boolean): string {
  const own = new URL(request.url).origin;
  if (!trustForwarded) return own;
  const host = firstOf(request.headers.get("x-forwarded-host"));
  const protocol = firstOf(request.headers.get("x-forwarded-proto"))?.toLowerCase();
  if (host === null || (protocol !== "http" && protocol !== "https") || !HOST.test(host)) return own;
  const forwarded = `${protocol}://${host}`;
  return URL.canParse(forwarded) ? new URL(forwarded).origin : own;
}

function firstOf(list: string | null): string | null {
  const first = list?.split(",")[0]?.trim() ?? "";
  return first === "" ? null : first;
}
