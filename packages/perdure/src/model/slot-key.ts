import { storableProblem } from "./names.ts";

const MAX_KEY_LENGTH = 200;

/** Why a value cannot be the key of a slot, or null when it can. */
export function slotKeyProblem(key: unknown): string | null {
  if (typeof key !== "string") return "it is not a string";
  if (key.length > MAX_KEY_LENGTH) return `it has ${key.length} characters, more than ${MAX_KEY_LENGTH}`;
  return storableProblem(key);
}
