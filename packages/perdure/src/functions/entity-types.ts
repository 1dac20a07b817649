import type { Duration } from "../model/duration.ts";
import type { CancellableTask, DurableTask } from "../replay/tasks/durable-task.ts";
import type { InputArgs } from "./call-arguments.ts";
import type { AnyFunction, Nothing, Wire } from "./wire.ts";

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

export type OperationInput<Op> = Op extends (...args: infer Args) => unknown ? (Args["length"] extends 0 ? Nothing : Args[0]) : never;
type OperationResult<Op> = Op extends (...args: never[]) => infer Out ? Wire<Awaited<Out>> : never;
/** There unless defined. */
export type WithDelete<Ops> = "delete" extends keyof Ops ? Ops : Ops & { readonly delete: () => void };

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

/** One entity, from inside an orchestration. */
export interface EntityProxy<Ops> {
  readonly call: CallGroup<Ops>;
  readonly signal: SignalGroup<Ops>;
}

/** A critical section. What may be done inside is what is offered: calls of what is locked. */
export interface EntityLock<Ids extends readonly EntityId<unknown>[]> extends Disposable {
  /** In the order in which they were given. */
  readonly entities: { readonly [Place in keyof Ids]: Ids[Place] extends EntityId<infer Ops> ? { readonly call: CallGroup<Ops> } : never };
  /** Ends the section before the end of its block. The second time: nothing. */
  release(): void;
}

/** `cancel()` gives up asking; a lock that was granted is released instead. */
export type LockTask<Ids extends readonly EntityId<unknown>[]> = CancellableTask<EntityLock<Ids>>;

export interface LockOptions {
  /** Throws TimeoutError when the lock is not granted within this time. Default: no limit. */
  readonly timeout?: Duration;
}
