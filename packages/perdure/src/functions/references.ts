import { checkedName } from "./names.ts";

/**
 * References carry their types in a phantom that exists for the compiler only: contravariant in the input, covariant in the result. So a
 * list of mixed functions is `readonly (ActivityRef<never, unknown> | OrchestratorRef<never, unknown>)[]`, without `any`.
 */
export interface ActivityRef<In, Out> {
  readonly kind: "activity";
  readonly name: string;
  readonly $call?: (input: In) => Out;
}

export interface OrchestratorRef<In, Out> {
  readonly kind: "orchestrator";
  readonly name: string;
  readonly $call?: (input: In) => Out;
}

export type AnyActivityRef = ActivityRef<never, unknown>;
export type AnyOrchestratorRef = OrchestratorRef<never, unknown>;

type CallOf<Ref> = Ref extends { readonly $call?: infer Call } ? NonNullable<Call> : never;
/** What callers send. */
export type InputOf<Ref> = Ref extends string ? unknown : CallOf<Ref> extends (input: infer In) => unknown ? In : never;
/** What callers get. */
export type ResultOf<Ref> = Ref extends string ? unknown : CallOf<Ref> extends (input: never) => infer Out ? Out : never;

/** A typed reference to an activity that lives elsewhere: another app, another language, later in the same file. */
export function activityRef<In = void, Out = unknown>(name: string): ActivityRef<In, Out> {
  return { kind: "activity", name: checkedName(name) };
}

export function orchestratorRef<In = void, Out = unknown>(name: string): OrchestratorRef<In, Out> {
  return { kind: "orchestrator", name: checkedName(name) };
}
