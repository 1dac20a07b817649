import { fault } from "../../errors/perdure-error.ts";
import type { HostSettings } from "./host-settings.ts";

/** What host.json says of HTTP beyond paths. */
export interface HttpSettings {
  /** Added to every answer that has not a header of that name. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Strict-Transport-Security; null: it is not sent. */
  readonly hsts: Hsts | null;
  readonly limits: RequestLimits;
  /** What a start under the id of an instance that has not ended does. */
  readonly onExisting: "error" | "replace";
}

export interface Hsts {
  readonly value: string;
  /** Host names that never get it, in small letters. */
  readonly excludedHosts: readonly string[];
}

/** Of requests to the functions of the app. Null: none. */
export interface RequestLimits {
  /** That run at once; others wait. */
  readonly concurrent: number | null;
  /** That run or wait; others are answered 429. */
  readonly outstanding: number | null;
}

const HTTP = "extensions.http";
const THIRTY_DAYS_MS = 30 * 86_400_000;
/** As in ASP.NET: a browser that once got it for such a name would refuse every program on the machine that speaks plain HTTP. */
const NEVER_FOR: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** Throws SETTING_INVALID for what cannot be a header. */
export function httpSettings(host: HostSettings): HttpSettings {
  const headers = [...host.below(`${HTTP}.customHeaders.*`)];
  for (const [name, value] of headers) {
    if (!isHeader(name, value)) throw fault("SETTING_INVALID", "host.json", `${HTTP}.customHeaders.${name}`, value, "a header of HTTP");
  }
  return {
    headers,
    hsts: host.get(`${HTTP}.hsts.isEnabled`) === true ? hstsOf(host) : null,
    limits: {
      concurrent: host.get(`${HTTP}.maxConcurrentRequests`)?.most ?? null,
      outstanding: host.get(`${HTTP}.maxOutstandingRequests`)?.most ?? null,
    },
    onExisting: host.get("extensions.durableTask.overridableExistingInstanceStates") === "AnyState" ? "replace" : "error",
  };
}

function hstsOf(host: HostSettings): Hsts {
  const seconds = Math.floor((host.get(`${HTTP}.hsts.maxAge`) ?? THIRTY_DAYS_MS) / 1_000);
  const subDomains = host.get(`${HTTP}.hsts.includeSubDomains`) === true ? "; includeSubDomains" : "";
  const preload = host.get(`${HTTP}.hsts.preload`) === true ? "; preload" : "";
  const excluded = host.get(`${HTTP}.hsts.excludedHosts`) ?? [];
  return {
    value: `max-age=${seconds}${subDomains}${preload}`,
    excludedHosts: [...NEVER_FOR, ...excluded.map((name) => name.toLowerCase())],
  };
}

function isHeader(name: string, value: string): boolean {
  try {
    return new Headers([[name, value]]).has(name);
  } catch {
    return false;
  }
}
