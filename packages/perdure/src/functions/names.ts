import { fault } from "../errors/perdure-error.ts";

/** A function or event needs a name that is a text and not empty. */
export function checkedName(name: unknown): string {
  if (typeof name !== "string" || name.trim() === "") throw fault("FUNCTION_NAME_INVALID", name);
  return name;
}
