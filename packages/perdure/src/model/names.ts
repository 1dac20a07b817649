import { isBuiltIn } from "../errors/built-in-names.ts";
import { ANY_NAME } from "./executor.ts";
import { ENTITY_MARK } from "./ids.ts";

/** Longest name of a function, in UTF-16 units: names are in keys of every store. */
const MAX_NAME_LENGTH = 256;
/** Versions stand in every row and list of their instances. */
const MAX_VERSION_LENGTH = 256;

/** Why a value cannot be the name of a function, or null when it can. */
export function nameProblem(name: unknown): string | null {
  if (typeof name !== "string") return "it is not a string";
  if (name.trim() === "") return "it is empty";
  if (name.startsWith(ENTITY_MARK)) return `it starts with "${ENTITY_MARK}", which is reserved for entities`;
  if (isBuiltIn(name)) return "it is reserved for functions that are part of Perdure";
  if (name === ANY_NAME) return `"${ANY_NAME}" is reserved: it stands for every name`;
  if (name.length > MAX_NAME_LENGTH) return `it has ${name.length} characters, more than ${MAX_NAME_LENGTH}`;
  return storableProblem(name);
}

/** Why a value cannot be the version of an orchestrator, or null when it can. An empty one would look like none, which is null. */
export function versionProblem(version: unknown): string | null {
  if (typeof version !== "string") return "it is not a string";
  if (version.trim() === "") return "it is empty";
  if (version.length > MAX_VERSION_LENGTH) return `it has ${version.length} characters, more than ${MAX_VERSION_LENGTH}`;
  return storableProblem(version);
}

/** Why a string cannot name a patch, or null when it can: it stands in the history of every instance that takes it. */
export function patchProblem(patch: unknown): string | null {
  if (typeof patch !== "string") return "it is not a string";
  if (patch === "") return "it is empty";
  return patch.length > MAX_NAME_LENGTH ? `it has ${patch.length} characters, more than ${MAX_NAME_LENGTH}` : null;
}

/** Why a store cannot keep a string in a column of its own, or null when every store can. */
export function storableProblem(value: string): string | null {
  if (!value.isWellFormed()) return "it contains half of a surrogate pair";
  return value.includes("\u0000") ? "it contains the character U+0000" : null;
}
