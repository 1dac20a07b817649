import type { NameKey } from "../../model/function-name.ts";
import type { Versions } from "../../model/versions.ts";
import type { Connection } from "./connection.ts";

/** The version of an instance in the ready index, written as there; '' for none, which no version is. */
export const VERSION_KEY = "ifnull(orchestration_version, '')";

/** Rows of the ready index under one name. */
export const WAITING = "FROM instances WHERE owner IS NULL AND wake_at IS NOT NULL AND name_key = ?1";

const FIRST = `SELECT ${VERSION_KEY} ${WAITING} ORDER BY ${VERSION_KEY} LIMIT 1`;
const NEXT = `SELECT ${VERSION_KEY} ${WAITING} AND ${VERSION_KEY} > ?2 ORDER BY ${VERSION_KEY} LIMIT 1`;

/** A part of the ready index: instances of one name and one version. */
export interface VersionKey {
  readonly key: NameKey;
  readonly version: string;
}

/** Where instances of these versions wait. Where any is taken, those that wait: from one version to the next by the index. */
export function versionKeys(connection: Connection, keys: readonly NameKey[], versions: Versions | undefined): readonly VersionKey[] {
  return keys.flatMap((key) => {
    const taken = versions?.get(key)?.map((version) => version ?? "") ?? waitingVersions(connection, key);
    return taken.map((version) => ({ key, version }));
  });
}

/** Of all instances that wait under this name, whenever they are due. */
export function waitingVersions(connection: Connection, key: string): readonly string[] {
  const found: string[] = [];
  let next = connection.value(FIRST, key);
  while (typeof next === "string") {
    found.push(next);
    next = connection.value(NEXT, key, next);
  }
  return found;
}
