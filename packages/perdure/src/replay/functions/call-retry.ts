import type { Failure } from "../../model/failure.ts";
import type { RetryPolicy } from "../../model/retry-policy.ts";

/** A retry policy and its filter, parsed. */
export interface CallRetry {
  readonly policy: RetryPolicy;
  readonly handle: ((failure: Failure) => boolean) | null;
}

/** Under which a function made by activity() or orchestrator() carries its definition; the same for every copy of this package. */
export const DEFINITION = Symbol.for("perdure.definition");

/** The retry policy of the function that a call was given, when it was given the function itself. */
export function retryOf(target: unknown): CallRetry | null {
  if ((typeof target !== "function" && typeof target !== "object") || target === null || !(DEFINITION in target)) return null;
  return (target[DEFINITION] as { readonly retry: CallRetry | null }).retry;
}

/** The version of the orchestrator that a call was given, when it was given the function itself and that has one. */
export function versionIn(target: unknown): string | null {
  const isRef = typeof target === "object" && target !== null && "version" in target;
  return isRef && typeof target.version === "string" ? target.version : null;
}

/** What a call takes from the definition of its function where it says nothing itself; null: not registered here. */
export interface CallDefaults {
  find(kind: "orchestrator" | "activity", name: string): { readonly retry: CallRetry | null } | null;
  versionOf(orchestrator: string): string | null;
}
