import { isDeepStrictEqual } from "node:util";
import type { Callback } from "./core-types.ts";
import { ORCHESTRATOR_STARTED } from "./sdk-events.ts";
import type { FirstInput, SdkContext, SdkExecutor } from "./sdk-executor.ts";

type Author = (context: object) => unknown;

/** Members by which the library's own `execute` begins. */
interface BeginningSdk extends SdkExecutor {
  schemaVersion?: unknown;
  context?: SdkContext;
  generator?: unknown;
  execute?: (context: object, history: readonly unknown[], schemaVersion: unknown, author: Author) => unknown;
}

/** What the library begins the executions of one orchestrator with. */
interface Known {
  readonly Context: new (...values: readonly unknown[]) => SdkContext;
  readonly Executor: new () => BeginningSdk;
  readonly schemaVersion: unknown;
  readonly author: Author;
}

/** All that an executor has once it has begun, beside what it is made with. */
const BEGUN_WITH = ["schemaVersion", "context", "generator"];

/**
 * Begins executions of one orchestrator as the library does between the registered function and the author's. There the library has three async functions, compiled to
 * generator functions that are made at each call. V8 makes a hidden class for each of those in its old generation, which keeps the whole execution until the next full
 * collection: that, and the rest of the way, was a third of what the thread did for an orchestration of five activities.
 *
 * It is learned at the first execution, which goes through the registered function: the classes that the library has made objects of, and the author's function. If objects that are made here
 * are not like those, or the library does something else at the beginning, all executions go that way.
 */
export class AuthorCalls {
  /** Undefined: not learned yet · null: it cannot be. */
  #known: Known | null | undefined = undefined;

  /** In place of the registered function. It gives nothing, and throws what the execution has failed with. Null: there is no other way. */
  get callback(): Callback | null {
    return this.#known === undefined || this.#known === null ? null : this.#callback;
  }

  readonly #callback: Callback = (input, context) => {
    if (this.#known) begin(this.#known, input as FirstInput, context as object);
  };

  /** `made`: by the library, for this input; the author's code has not run yet. */
  learn(input: FirstInput, made: SdkContext): void {
    if (this.#known !== undefined) return;
    this.#known = null;
    const sdk: BeginningSdk = made.taskOrchestratorExecutor;
    const { execute } = sdk;
    const classes = { Context: made.constructor as Known["Context"], Executor: sdk.constructor as Known["Executor"] };
    if (typeof execute !== "function" || !isLike(contextOf(classes, input, new classes.Executor()), made)) return;
    const watched: BeginningSdk["execute"] = (context, history, schemaVersion, author) => {
      delete sdk.execute;
      const members = new Set([...Object.keys(sdk), ...BEGUN_WITH]);
      const running = execute.call(sdk, context, history, schemaVersion, author);
      if (Object.keys(sdk).every((member) => members.has(member))) this.#known = { ...classes, schemaVersion, author };
      return running;
    };
    sdk.execute = watched;
  }
}

function begin({ Context, Executor, schemaVersion, author }: Known, input: FirstInput, context: { df?: SdkContext }): void {
  const { history } = input;
  const sdk = new Executor();
  const df = contextOf({ Context }, input, sdk);
  context.df = df;
  sdk.schemaVersion = schemaVersion;
  sdk.context = df;
  sdk.generator = author(context);
  const last = history.findLastIndex(({ EventType }) => EventType === ORCHESTRATOR_STARTED);
  for (const [at, event] of history.entries()) {
    sdk._isReplaying = at < last;
    sdk.processEvent(event);
    if (sdk.isDoneExecuting()) break;
  }
  if (sdk.exception !== undefined) throw sdk.exception;
}

function contextOf({ Context }: Pick<Known, "Context">, input: FirstInput, sdk: SdkExecutor): SdkContext {
  const { history, instanceId, isReplaying, parentInstanceId } = input;
  const { longRunningTimerIntervalDuration, maximumShortTimerDuration, defaultHttpAsyncRequestSleepTimeMillseconds } = input;
  return new Context(
    ...[history, instanceId, new Date(history[0]?.Timestamp as Date), isReplaying, parentInstanceId],
    ...[longRunningTimerIntervalDuration, maximumShortTimerDuration, defaultHttpAsyncRequestSleepTimeMillseconds],
    ...[input.upperSchemaVersionNew, input.input, sdk],
  );
}

/** But for `Task`, whose functions are made for each context. */
const isLike = (one: SdkContext, other: SdkContext): boolean => isDeepStrictEqual({ ...one, Task: null }, { ...other, Task: null });
