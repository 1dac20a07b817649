import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Duration } from "../model/duration.ts";
import type { DurableTask } from "../replay/tasks/durable-task.ts";
import type { FunctionLogger } from "../telemetry/function-logger.ts";
import type { InputArgs } from "./call-arguments.ts";
import type { StartOrchestrationOptions } from "./context-types.ts";
import type { NotJson } from "./json-fault.ts";
import type { AnyOrchestratorRef, InputOf } from "./references.ts";
import type { AnyFunction, Nothing, SurvivesJson, Wire } from "./wire.ts";

/** `Ops`: the operations as callers see them, `{ deposit(amount: number): void }`. Both are phantoms that exist for the compiler only. */
interface EntityPhantoms<Ops, State> {
  readonly $operations?: () => Ops;
  readonly $state?: () => State;
}

export interface EntityRef<Ops, State = unknown> extends EntityPhantoms<Ops, State> {
  readonly kind: "entity";
  readonly name: string;
  /** Names one entity. Keys are compared exactly; they may be empty, and cannot contain "/", "\", "#", "?" or control characters. */
  id(key: string): EntityId<Ops, State>;
}

export interface EntityId<Ops, State = unknown> extends EntityPhantoms<Ops, State> {
  readonly name: string;
  readonly key: string;
}

/** What operations get. Dead when its operation has ended: late use throws CALL_INVALID. */
export interface EntityContext<State = unknown> {
  /** May be changed in place, or assigned. */
  state: State;
  readonly key: string;
  readonly name: string;
  /** `@counter@a`: what lists and logs call it. */
  readonly id: string;
  /** It did not exist when the operation began: `state` is what `initialState` gave. */
  readonly isNew: boolean;
  /** The sender does not wait for the result. */
  readonly isSignal: boolean;
  /** When this batch of operations began, by the clock of the store. */
  readonly now: Date;
  readonly log: FunctionLogger;
  /** After it the entity does not exist, unless its state is changed again. */
  deleteState(): void;
  /** Signals only: an entity that waited for another could wait for itself. They leave when the operation has succeeded. */
  entity<Ops>(id: EntityId<Ops>): { readonly signal: SignalGroup<Ops> };
  entity<Ops>(ref: EntityRef<Ops>, key: string): { readonly signal: SignalGroup<Ops> };
  /** Fire and forget: gives the id. It starts when the operation has succeeded. */
  startOrchestration<Ref extends AnyOrchestratorRef | string>(
    ref: Ref,
    ...args: InputArgs<InputOf<Ref>, [options?: StartOrchestrationOptions]>
  ): string;
}

export interface EntityOptions<State> {
  /** An operation that takes longer fails with a TimeoutError, and its changes are rolled back. Default: 1 minute. */
  readonly timeout?: Duration;
  /** Applied to the stored state when it is loaded. Must answer synchronously. */
  readonly state?: StandardSchemaV1<unknown, State>;
}

export type OperationMap<State> = { readonly [operation: string]: (context: EntityContext<State>, input: never) => unknown };

/** Stands beside `initialState` where its result would come back from the store as something else, and no schema turns it back. */
export type JsonState<State> = SurvivesJson<State> extends true ? unknown : StateFault<NotJson<State>>;
type StateFault<Fault> = Fault extends `this input does not survive JSON: ${infer Why}. Accept${string}`
  ? `this state does not survive JSON: ${Why}. Keep its JSON form (a Date as string) or give a state schema`
  : never;

/** What is stored of an object of a class. */
export type FieldsOf<Class> = { [Key in keyof Class as Class[Key] extends AnyFunction ? never : Key]: Class[Key] };

/** Read from the parameter list: an optional parameter hides from `(context) => …`. */
export type MapOperations<Map> = {
  readonly [Key in keyof Map]: Map[Key] extends (...args: infer Args) => infer Out ? (...input: Tail<Args>) => Out : never;
};
type Tail<Args extends readonly unknown[]> = Args extends readonly [unknown?, ...infer Rest] ? Rest : [];

/** The public methods; the second parameter is the context. */
export type ClassOperations<Class> = {
  readonly [Key in keyof Class as Class[Key] extends AnyFunction ? Key : never]: Class[Key] extends (...args: infer Args) => infer Out
    ? (...input: Head<Args>) => Out
    : never;
};
type Head<Args extends readonly unknown[]> = Args["length"] extends 0
  ? []
  : Args extends readonly [infer First, ...unknown[]]
    ? [First]
    : Args extends readonly [(infer First)?, ...unknown[]]
      ? [First?]
      : [];

type OperationInput<Op> = Op extends (...args: infer Args) => unknown ? (Args["length"] extends 0 ? Nothing : Args[0]) : never;
type OperationResult<Op> = Op extends (...args: never[]) => infer Out ? Wire<Awaited<Out>> : never;
/** There unless defined. */
type WithDelete<Ops> = "delete" extends keyof Ops ? Ops : Ops & { readonly delete: () => void };

/** Runs an operation and waits for its result. */
export type CallGroup<Ops> = {
  readonly [Key in keyof WithDelete<Ops>]: (
    ...args: InputArgs<OperationInput<WithDelete<Ops>[Key]>>
  ) => DurableTask<OperationResult<WithDelete<Ops>[Key]>>;
};

export interface SignalOptions {
  /** Not before this. */
  readonly at?: Date | Duration;
}

/** Sends an operation and waits for nothing. */
export type SignalGroup<Ops> = {
  readonly [Key in keyof WithDelete<Ops>]: (...args: InputArgs<OperationInput<WithDelete<Ops>[Key]>, [options?: SignalOptions]>) => void;
};
