import { fault } from "../errors/perdure-error.ts";
import type { Tags } from "./history.ts";
import type { InstanceId } from "./ids.ts";
import { instanceIdProblem, instanceId as toInstanceId } from "./ids.ts";
import { storableProblem } from "./names.ts";
import { stringOption } from "./options.ts";

/** The id of an instance, for reading it or for a new one. */
export function checkedInstanceId(id: unknown): InstanceId {
  const problem = instanceIdProblem(id);
  if (problem !== null) throw fault("INSTANCE_ID_INVALID", id, problem);
  return toInstanceId(id as string);
}

export function versionOption(value: unknown, where: string, option: string): string | null {
  return value === null ? null : storable(stringOption(value, where, option), where, option);
}

export function tagsOption(value: unknown, where: string, option: string): Tags | null {
  if (value === null) return null;
  if (typeof value !== "object" || Array.isArray(value)) throw fault("OPTION_INVALID", where, option, value, "an object of strings");
  const tags: { [key: string]: string } = {};
  for (const [key, tag] of Object.entries(value)) tags[key] = stringOption(tag, where, `${option}.${key}`);
  return tags;
}

function storable(value: string, where: string, option: string): string {
  const problem = storableProblem(value);
  if (problem !== null) throw fault("OPTION_INVALID", where, option, value, `a string that every store can keep (${problem})`);
  return value;
}
