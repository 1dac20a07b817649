import { isRecord } from "../../model/options.ts";

const SAME_SITE: { readonly [rpc: string]: string } = { lax: "Lax", strict: "Strict", explicitNone: "None" };

/** The header `Set-Cookie` of a cookie as the library sends it: optional values are `{ value }`. */
export function setCookie(cookie: unknown): string {
  const of = isRecord(cookie) ? cookie : {};
  const optional = (name: string): unknown => (isRecord(of[name]) ? of[name].value : undefined);
  const maxAge = optional("maxAge");
  const expires = optional("expires");
  const [domain, path] = [optional("domain"), optional("path")];
  return [
    `${String(of.name)}=${encodeURIComponent(String(of.value))}`,
    ...(typeof maxAge === "number" ? [`Max-Age=${Math.floor(maxAge)}`] : []),
    ...(typeof domain === "string" ? [`Domain=${domain}`] : []),
    ...(typeof path === "string" ? [`Path=${path}`] : []),
    ...(expires === undefined || expires === null ? [] : [`Expires=${dateOf(expires).toUTCString()}`]),
    ...(optional("httpOnly") === true ? ["HttpOnly"] : []),
    ...(optional("secure") === true ? ["Secure"] : []),
    ...(typeof of.sameSite === "string" && of.sameSite in SAME_SITE ? [`SameSite=${SAME_SITE[of.sameSite]}`] : []),
  ].join("; ");
}

/** A protobuf timestamp, or what a date is made of. */
const dateOf = (value: unknown): Date =>
  isRecord(value) && "seconds" in value ? new Date(Number(value.seconds) * 1_000) : new Date(value as string | number | Date);
