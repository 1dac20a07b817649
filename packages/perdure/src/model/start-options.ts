import { fault } from "../errors/perdure-error.ts";
import type { Tags } from "./history.ts";
import type { InstanceId } from "./ids.ts";
import { instanceIdProblem, instanceId as toInstanceId } from "./ids.ts";
import { versionProblem } from "./names.ts";
import { isRecord, stringOption } from "./options.ts";

/** The id of an instance, for reading it or for a new one. */
export function checkedInstanceId(id: unknown): InstanceId {
  const problem = instanceIdProblem(id);
  if (problem !== null) throw fault("INSTANCE_ID_INVALID", id, problem);
  return toInstanceId(id as string);
}

/** The version of an instance; null for none. The same rule at every door: definitions, starts, calls, HTTP. */
export function checkedVersion(version: unknown): string | null {
  const problem = version === null ? null : versionProblem(version);
  if (problem !== null) throw fault("VERSION_INVALID", version, problem);
  return version as string | null;
}

export function tagsOption(value: unknown, where: string, option: string): Tags | null {
  if (value === null) return null;
  if (!isRecord(value)) throw fault("OPTION_INVALID", where, option, value, "an object of strings");
  const tags: { [key: string]: string } = {};
  for (const [key, tag] of Object.entries(value)) tags[key] = stringOption(tag, where, `${option}.${key}`);
  return tags;
}
