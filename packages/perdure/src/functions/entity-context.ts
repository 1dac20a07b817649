import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Duration } from "../model/duration.ts";
import type { FunctionLogger } from "../telemetry/function-logger.ts";
import type { InputArgs } from "./call-arguments.ts";
import type { StartOrchestrationOptions } from "./context-types.ts";
import type { EntityId, EntityRef, SignalGroup } from "./entity-types.ts";
import type { NotJson } from "./json-fault.ts";
import type { AnyOrchestratorRef, InputOf } from "./references.ts";
import type { AnyFunction, SurvivesJson } from "./wire.ts";

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
  /** Of the span of this run, for what it calls (header `traceparent`); null: its caller is not traced. */
  readonly traceparent: string | null;
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
