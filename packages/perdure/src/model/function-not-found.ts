import { messageOf } from "../errors/perdure-error.ts";
import type { Failure } from "./failure.ts";
import type { FunctionKind } from "./function-kind.ts";

/** What a call to a function fails with that this process lacks (`NOT_REGISTERED`) or that no process of the hub has (`NOT_OFFERED`): no retry would change it. */
export function functionNotFound(
  code: "FUNCTION_NOT_REGISTERED" | "FUNCTION_NOT_OFFERED",
  kind: FunctionKind,
  name: string,
  known: readonly string[],
): Failure {
  return { errorType: "FunctionNotFoundError", message: messageOf(code, kind, name, known), isNonRetriable: true };
}
