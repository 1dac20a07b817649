import { fault } from "../errors/perdure-error.ts";
import { nameProblem } from "../model/names.ts";

/** The name of a function or of an event, checked. */
export function checkedName(name: unknown, kind: "function" | "event" = "function"): string {
  const problem = nameProblem(name);
  if (problem !== null) throw fault("FUNCTION_NAME_INVALID", name, problem, kind);
  return name as string;
}
