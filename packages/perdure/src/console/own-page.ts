import { fault } from "../errors/perdure-error.ts";

/** A page of another origin can set it only after a preflight, which is not answered here. */
const OWN_HEADER = "x-perdure-console";

/**
 * What changes something must come from the console's own page. No token is needed for this: those have broken consoles behind proxies for years, and the
 * cookie is not sent from other sites.
 */
export function checkOwnPage({ method, headers }: Request): void {
  if (method === "GET" || method === "HEAD") return;
  const problem = problemOf(headers);
  if (problem !== null) throw fault("CONSOLE_FOREIGN_PAGE", problem);
}

function problemOf(headers: Headers): string | null {
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") return "its Content-Type is not application/json";
  if (!headers.has(OWN_HEADER)) return `it has no header ${OWN_HEADER}`;
  const site = headers.get("sec-fetch-site");
  return site === null || site === "same-origin" ? null : `its Sec-Fetch-Site is "${site}"`;
}

/** The browser came by HTTPS, also where a proxy takes that off: then it names the origin of its page. */
export const isSecure = (request: Request, url: URL): boolean =>
  url.protocol === "https:" || request.headers.get("origin")?.startsWith("https://") === true;
