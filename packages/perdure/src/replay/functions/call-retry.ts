import type { Failure } from "../../model/failure.ts";
import type { RetryPolicy } from "../../model/retry-policy.ts";
import type { SlotRule } from "./call-slot.ts";

/** A retry policy and its filter, parsed. */
export interface CallRetry {
  readonly policy: RetryPolicy;
  readonly handle: ((failure: Failure) => boolean) | null;
}

/** Under which a function made by activity() or orchestrator() carries its definition; the same for every copy of this package. */
export const DEFINITION = Symbol.for("perdure.definition");

/** The retry policy of the function that a call was given, when it was given the function itself. */
export function retryOf(target: unknown): CallRetry | null {
  return isDefined(target) ? (target[DEFINITION] as { readonly retry: CallRetry | null }).retry : null;
}

/** The rule for slots, likewise. */
export function slotRuleOf(target: unknown): SlotRule | undefined {
  return isDefined(target) ? (target[DEFINITION] as { readonly slots?: SlotRule }).slots : undefined;
}

const isDefined = (target: unknown): target is { readonly [DEFINITION]: unknown } =>
  (typeof target === "function" || typeof target === "object") && target !== null && DEFINITION in target;

/** The version of the orchestrator that a call was given, when it was given the function itself and that has one. */
export function versionIn(target: unknown): string | null {
  const isRef = typeof target === "object" && target !== null && "version" in target;
  return isRef && typeof target.version === "string" ? target.version : null;
}

/** What a call takes from the definition of its function where it says nothing itself; null: not registered here. */
export interface CallDefaults {
  find(kind: "orchestrator", name: string): { readonly retry: CallRetry | null } | null;
  find(kind: "activity", name: string): { readonly retry: CallRetry | null; readonly slots?: SlotRule } | null;
  versionOf(orchestrator: string): string | null;
}
