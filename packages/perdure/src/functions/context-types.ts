import type { Duration } from "../model/duration.ts";
import type { Tags } from "../model/history.ts";
import type { HttpAnswer } from "../model/http-call.ts";
import type { ContinuedAsNew } from "../replay/functions/continued-as-new.ts";
import type { HttpCallOptions } from "../replay/functions/http-call-options.ts";
import type { RetryOptions } from "../replay/functions/retry-options.ts";
import type { DurableTask, EventTask, TimerTask } from "../replay/tasks/durable-task.ts";
import type { FunctionLogger } from "../telemetry/function-logger.ts";
import type { InputArgs } from "./call-arguments.ts";
import type { DurableClient } from "./client-types.ts";
import type { EntityId, EntityProxy, EntityRef, LockOptions, LockTask } from "./entity-types.ts";
import type { ExternalEvent } from "./external-event.ts";
import type { AnyActivityRef, AnyOrchestratorRef, InputOf, ResultOf } from "./references.ts";

export interface ActivityCallOptions {
  /** Wins over the definition's. */
  readonly retry?: RetryOptions;
  /** An attempt that takes longer fails with a TimeoutError. Wins over the definition's. */
  readonly timeout?: Duration;
  /** Which calls share the limit of the definition's `perKey`: up to 200 characters. Wins over the definition's. */
  readonly key?: string;
}

export interface SubOrchestrationOptions {
  /** Not this instance's own id nor its parent's. Default: a deterministic guid. */
  readonly instanceId?: string;
  readonly version?: string;
  /** Added to the tags that it inherits. */
  readonly tags?: Tags;
  readonly retry?: RetryOptions;
}

export interface StartOrchestrationOptions {
  readonly instanceId?: string;
  readonly version?: string;
  readonly tags?: Tags;
  readonly startAt?: Date | Duration;
}

export interface MapOptions {
  /** Items under way at once; a whole number, at least 1. Default: all of them. */
  readonly concurrency?: number;
}

export interface PatchOptions {
  /** True: an execution that was told false may be told true later, once. For loops that run for months. Default false. */
  readonly mayTurn?: boolean;
}

export interface ContinueAsNewOptions {
  /** Events that nothing has waited for yet are carried over to the new execution. Default true: an accepted event is never lost. */
  readonly preserveUnprocessedEvents?: boolean;
  /** Of the new execution. Default: that of this one. */
  readonly version?: string;
  /** In place of those of this execution. Default: they stay. */
  readonly tags?: Tags;
}

/** The winner of `any` over a list: `winner === task` narrows its branch, `index` narrows both. */
export type AnyOfList<Tasks extends readonly DurableTask<unknown>[]> = number extends Tasks["length"]
  ? { readonly winner: Tasks[number]; readonly index: number }
  : {
      [Index in keyof Tasks]: Index extends `${infer Position extends number}`
        ? { readonly winner: Tasks[Index]; readonly index: Position }
        : never;
    }[number];

/** The winner of `any` over a record. */
export type AnyOfRecord<Tasks extends { readonly [key: string]: DurableTask<unknown> }> = {
  [Key in keyof Tasks]: { readonly winner: Tasks[Key]; readonly key: Key };
}[keyof Tasks];

export type AllOf<Tasks extends readonly DurableTask<unknown>[]> = { -readonly [Index in keyof Tasks]: Awaited<Tasks[Index]> };

/** What helpers of an orchestrator take. Everything it gives is the same in every replay. */
export interface OrchestrationContext {
  readonly instanceId: string;
  readonly executionId: string;
  /** Null when no orchestration called this one. */
  readonly parentInstanceId: string | null;
  readonly version: string | null;
  /** Where this execution stands in a trace, for what it hands over (header `traceparent`); null: it is not traced. */
  readonly traceparent: string | null;
  /** True while recorded events are applied. */
  readonly isReplaying: boolean;
  /** The time of this episode. `new Date()` and `Date.now()` give the same inside an orchestrator. */
  readonly currentUtcDateTime: Date;
  /** Writes nothing while the past is replayed. */
  readonly log: FunctionLogger;

  /** A plain name takes any input and gives `unknown`. */
  callActivity<Ref extends AnyActivityRef | string>(
    ref: Ref,
    ...args: InputArgs<InputOf<Ref>, [options?: ActivityCallOptions]>
  ): DurableTask<ResultOf<Ref>>;
  callSubOrchestrator<Ref extends AnyOrchestratorRef | string>(
    ref: Ref,
    ...args: InputArgs<InputOf<Ref>, [options?: SubOrchestrationOptions]>
  ): DurableTask<ResultOf<Ref>>;
  /** Fire and forget: gives the id and waits for nothing. */
  startOrchestration<Ref extends AnyOrchestratorRef | string>(
    ref: Ref,
    ...args: InputArgs<InputOf<Ref>, [options?: StartOrchestrationOptions]>
  ): string;

  /**
   * Whether this execution takes a change of the code: true where it asks live for the first time, which is recorded, and false where it had passed this
   * place before the change was deployed. The first answer holds for the whole execution. Delete the call, and the old branch, when no open instance is
   * left without the mark (docs/guides/versions.md). `id`: 1 to 256 characters, never used for two changes.
   */
  patched(id: string, options?: PatchOptions): boolean;

  /**
   * An HTTP request as a durable task: sent by a worker, its answer recorded. An answer of any status is a result, unless `retry` says otherwise; 202 with a
   * `Location` is followed there until the work is done (docs/guides/http.md).
   */
  callHttp(options: HttpCallOptions): DurableTask<HttpAnswer>;

  /** A durable timer of any length: it survives restarts. A time in the past fires at once. */
  createTimer(when: Date | Duration): TimerTask;

  /** Events that came before a wait are kept, first in first out; of several waits on one name the newest is served first. */
  waitForExternalEvent<T = unknown>(name: string): EventTask<T>;
  waitForExternalEvent<T>(name: string, options: { readonly timeout: Duration; readonly default: T }): EventTask<T>;
  waitForExternalEvent<T = unknown>(name: string, options: { readonly timeout: Duration }): EventTask<T>;
  waitForExternalEvent<T>(token: ExternalEvent<never, T>): EventTask<T>;
  waitForExternalEvent<T, D>(
    token: ExternalEvent<never, T>,
    options: { readonly timeout: Duration; readonly default: D },
  ): EventTask<T | D>;
  /** Throws TimeoutError when the event does not come in time. */
  waitForExternalEvent<T>(token: ExternalEvent<never, T>, options: { readonly timeout: Duration }): EventTask<T>;

  /** To another instance. */
  raiseEvent(instanceId: string, name: string, data?: unknown): void;
  raiseEvent<Sent>(instanceId: string, token: ExternalEvent<Sent, unknown>, ...data: InputArgs<Sent>): void;

  /** `ctx.entity(account, "z")` or `ctx.entity(account.id("z"))`: `call` runs an operation and waits for its result, `signal` only sends it. */
  entity<Ops>(id: EntityId<Ops>): EntityProxy<Ops>;
  entity<Ops>(ref: EntityRef<Ops>, key: string): EntityProxy<Ops>;
  /**
   * Begins a critical section, in which only this execution uses these entities: `using lock = await ctx.lock(a, b)`. It ends with the block, with `release()`,
   * and with the execution, however that ends. What the section forbids throws a LockingRulesViolationError.
   */
  lock<const Ids extends readonly EntityId<unknown>[]>(...ids: Ids): LockTask<Ids>;
  lock<const Ids extends readonly EntityId<unknown>[]>(ids: Ids, options: LockOptions): LockTask<Ids>;
  /** True inside a critical section: from the grant of its lock to its release. */
  readonly isLocked: boolean;

  /** At most 8,192 characters of JSON. */
  setCustomStatus(status: unknown): void;
  /** A uuid that is the same in every replay. */
  newGuid(): string;

  /** Waits for every task; then all values, or one AggregateError. */
  all<const Tasks extends readonly DurableTask<unknown>[]>(tasks: Tasks): DurableTask<AllOf<Tasks>>;
  /**
   * As `Promise.all(items.map(forItem))`, with a limit: the results in the order of the items, or the first failure at once; no item is begun after it. What
   * `forItem` gives may be a task, the promise of an async function with several steps, or a value.
   */
  map<Item, Result>(
    items: readonly Item[],
    forItem: (item: Item, index: number) => Result,
    options?: MapOptions,
  ): Promise<Awaited<Result>[]>;
  /** The first task that has a value or a failure. Never throws for a failed winner: look at `isFaulted`, or read `result`. */
  any<const Tasks extends readonly DurableTask<unknown>[]>(tasks: Tasks): DurableTask<AnyOfList<Tasks>>;
  any<Tasks extends { readonly [key: string]: DurableTask<unknown> }>(tasks: Tasks): DurableTask<AnyOfRecord<Tasks>>;
}

/** The handler's own context: it alone can restart the instance. */
export interface OrchestratorContext<In> extends OrchestrationContext {
  /**
   * Ends this execution and begins the next one with a new input and an empty history, once the function returns:
   * `return ctx.continueAsNew(next)`. It does not throw. What it gives is not a result and must be returned: an execution that ends with anything else
   * after it is stopped (CONTINUE_NOT_RETURNED).
   */
  continueAsNew(...args: InputArgs<In, [options?: ContinueAsNewOptions]>): ContinuedAsNew;
}

export interface ActivityContext {
  readonly instanceId: string;
  /**
   * Names this attempt, for logs: the same when it is delivered again after a crash, another one for each retry. A later run under the same
   * instance id repeats it.
   */
  readonly taskId: string;
  /** A uuid, the same for all attempts and deliveries of this call, and no other call's: what a bank or a mail service wants. */
  readonly idempotencyKey: string;
  /** 1 for the first run; counts the retries of the policy. */
  readonly attempt: number;
  /** Fires on terminate, timeout and shutdown. */
  readonly signal: AbortSignal;
  /** Of the span of this run, for what it calls (header `traceparent`); null: it is not traced. */
  readonly traceparent: string | null;
  /** What an earlier attempt reported last; undefined when it reported nothing. */
  readonly progress: unknown;
  readonly log: FunctionLogger;
  /** Starts orchestrations and speaks to them, as in client functions. An activity may run again: give what it starts an instance id of its own. */
  readonly client: DurableClient;
  /** Says that it is alive, and how far it got; the next attempt reads it as `progress`. */
  heartbeat(progress?: unknown): void;
}
