import { fault } from "../errors/perdure-error.ts";
import { instanceIdProblem, isBuiltInId, parseEntityId, storedIdProblem } from "../model/ids.ts";
import { jsonProblem } from "../model/json-scan.ts";

type Positionals = readonly string[];

/** Exactly the positional arguments that the usage names. */
export function take<const Names extends Positionals>(
  where: string,
  names: Names,
  given: Positionals,
): { readonly [Index in keyof Names]: string } {
  if (given.length !== names.length) throw fault("ARGUMENTS_WRONG", where, names.join(" ") || "no arguments", given);
  // Safe: one string for each name, as just counted.
  return given as unknown as { readonly [Index in keyof Names]: string };
}

/** Asked before anything is sent: in a path some of them would mean another request. */
export function instanceIdArgument(id: string): string {
  const problem = instanceIdProblem(id);
  if (problem === null) return id;
  // As lists of stopped instances and logs show it: entities have commands of their own.
  const advice =
    parseEntityId(id) === null ? "" : `; "perdure entities show NAME KEY" shows one, "perdure entities --help" what else there is`;
  throw fault("INSTANCE_ID_INVALID", id, `${problem}${advice}`);
}

/** For commands that only read: also of what is part of Perdure, such as the orchestrations behind schedules. */
export function readIdArgument(id: string): string {
  return isBuiltInId(id) && storedIdProblem(id) === null ? id : instanceIdArgument(id);
}

/** Any name that can stand in a path; "." and ".." would be taken out of it. */
export function nameArgument(where: string, argument: string, name: string): string {
  if (name.trim() !== "" && name !== "." && name !== "..") return name;
  throw fault("OPTION_INVALID", where, argument, name, 'a name that is not empty, "." or ".."');
}

/** What follows a slash would be the id of the new instance, as the management API reads its path. */
export function orchestratorArgument(where: string, name: string): string {
  if (!name.includes("/")) return nameArgument(where, "<orchestrator>", name);
  throw fault("OPTION_INVALID", where, "<orchestrator>", name, 'a name without "/"; the id of the instance is given by --id');
}

/** The text of an option that takes JSON. */
export function jsonOption(where: string, option: `--${string}`, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  // Only whether it is JSON: how deep it may be is for the host to say.
  if (jsonProblem(text, Number.POSITIVE_INFINITY) !== null) throw fault("INPUT_NOT_JSON", where, option, text);
  return text;
}
