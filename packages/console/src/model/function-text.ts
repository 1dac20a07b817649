import type { FunctionInfo } from "../api/wire.ts";

export const routeText = ({ methods, path }: NonNullable<FunctionInfo["route"]>): string => `${methods.join(", ")} ${path}`;

/** `v2`, whether the version was given as `2` or as `v2`. */
export const versionText = (version: string): string => `v${version.replace(/^v/i, "")}`;

/** `1, 2 and 3`. */
export function listed(parts: readonly (string | number)[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
