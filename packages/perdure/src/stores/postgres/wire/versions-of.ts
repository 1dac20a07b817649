import type { NameKey } from "../../../model/function-name.ts";
import type { Versions } from "../../../model/versions.ts";

/** Of each key a JSON array, or null for any version; empty: any version of all keys. */
export function versionsOf(keys: readonly NameKey[], versions: Versions | undefined): readonly (string | null)[] {
  if (versions === undefined) return [];
  return keys.map((key) => {
    const taken = versions.get(key);
    return taken === undefined ? null : JSON.stringify(taken);
  });
}
