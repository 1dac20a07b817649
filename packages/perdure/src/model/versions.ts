import type { NameKey } from "./function-name.ts";

/** Which versions are taken, null being none at all; of names that are not in here any. */
export type Versions = ReadonlyMap<NameKey, readonly (string | null)[]>;

/** Undefined: of all names any version, which costs nothing to know. */
export const takesVersion = (versions: Versions | undefined, key: NameKey, version: string | null): boolean =>
  versions?.get(key)?.includes(version) ?? true;
