import type { NameKey } from "../../model/function-name.ts";
import type { Versions } from "../../model/versions.ts";

/** A condition on instances with {@link versionsOf} as its parameter, for the keys that have versions: what has none is not asked. */
export const ofVersion = (parameter: string): string =>
  `EXISTS (SELECT 1 FROM json_each(${parameter}) v WHERE v.value IS orchestration_version)`;

/** Null: any version. */
export function versionsOf(versions: Versions | undefined, key: NameKey): string | null {
  const taken = versions?.get(key);
  return taken === undefined ? null : JSON.stringify(taken);
}
