import { ANY_NAME, parseNames } from "../model/executor.ts";
import { functionKey } from "../model/function-name.ts";
import { rangeText, takesVersion } from "../model/versions.ts";
import type { WorkerRow } from "../store/rows.ts";

/** What live workers take of an orchestrator that some of them have, in words, when none takes that version; else null. */
export function versionsTakenInstead(live: readonly WorkerRow[], name: string, version: string | null): string | null {
  const key = functionKey(name);
  const ranges: string[] = [];
  for (const { functions } of live) {
    const { here, away, versions } = parseNames(functions);
    const has = [...here.orchestrator, ...away.orchestrator].some((one) => one === ANY_NAME || functionKey(one) === key);
    if (has && takesVersion(versions.orchestrator, key, version)) return null;
    if (has) ranges.push(...(versions.orchestrator.get(key) ?? []).map(rangeText));
  }
  return ranges.length === 0 ? null : [...new Set(ranges)].sort().join(", ");
}
