import type { Branded } from "./brand.ts";

/** By which names are compared and found. Made by {@link functionKey} only. */
export type NameKey = Branded<string, "NameKey">;

/**
 * Names of functions and events compare without case: two names are the same exactly if their keys are equal. Stores keep the key beside the name.
 *
 * Each UTF-16 unit counts by itself, raised and then lowered where the result is one unit. So the key of a letter does not depend on its
 * neighbours (the final sigma of `ΟΔΟΣ`), letters with two capitals or two small forms have one key (`µ` and `μ`, the Kelvin sign and `k`),
 * and no name changes its length (`ß`, `İ`).
 */
export function functionKey(name: string): NameKey {
  for (let i = 0; i < name.length; i++) {
    if (name.charCodeAt(i) > 0x7f) return keyByUnits(name) as NameKey;
  }
  return name.toLowerCase() as NameKey;
}

/** A key that is kept apart from those of names without that prefix. */
export const prefixed = (prefix: string, key: NameKey): NameKey => (prefix === "" ? key : (`${prefix}${key}` as NameKey));

export const sameName = (one: string, other: string): boolean => one === other || functionKey(one) === functionKey(other);

function keyByUnits(name: string): string {
  let key = "";
  for (let i = 0; i < name.length; i++) {
    const unit = name.charAt(i);
    const raised = oneUnit(unit.toUpperCase(), unit);
    key += oneUnit(raised.toLowerCase(), raised);
  }
  return key;
}

const oneUnit = (changed: string, before: string): string => (changed.length === 1 ? changed : before);
