import { fault } from "../errors/perdure-error.ts";
import { nameProblem } from "../model/names.ts";

/** The name of a function, checked. */
export function checkedName(name: unknown): string {
  const problem = nameProblem(name);
  if (problem !== null) throw fault("FUNCTION_NAME_INVALID", name, problem);
  return name as string;
}
