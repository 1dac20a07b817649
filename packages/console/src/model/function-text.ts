import type { FunctionInfo } from "../api/wire.ts";
import { siteText } from "./places.ts";

/** Where a function is: its route, or the line of the source. */
export function functionPlace({ route, site }: Pick<FunctionInfo, "route" | "site">): string {
  if (route !== null) return `${route.methods.join(", ")} ${route.path}`;
  return site === null ? "" : siteText(site);
}

/** `v2`, whether the version was given as `2` or as `v2`. */
export const versionText = (version: string): string => `v${version.replace(/^v/i, "")}`;

/** `1, 2 and 3`. */
export function listed(parts: readonly (string | number)[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
