import { ANY_NAME, parseNames } from "../../model/executor.ts";
import type { FunctionKind, FunctionNames } from "../../model/function-kind.ts";
import { functionKey } from "../../model/function-name.ts";
import { rangeText, takesVersion } from "../../model/versions.ts";

/** What live workers take of a function that some of them have, in words, when none takes that version; else null. */
export function versionsTakenInstead(
  live: readonly { readonly functions: FunctionNames }[],
  kind: FunctionKind,
  name: string,
  version: string | null,
): string | null {
  const key = functionKey(name);
  const ranges: string[] = [];
  for (const { functions } of live) {
    const { here, away, versions } = parseNames(functions);
    const has = hasName(here[kind], name) || hasName(away[kind], name);
    if (has && takesVersion(versions[kind], key, version)) return null;
    if (has) ranges.push(...(versions[kind].get(key) ?? []).map(rangeText));
  }
  return ranges.length === 0 ? null : [...new Set(ranges)].sort().join(", ");
}

export function hasName(names: readonly string[], name: string): boolean {
  const key = functionKey(name);
  return names.some((one) => one === ANY_NAME || functionKey(one) === key);
}
