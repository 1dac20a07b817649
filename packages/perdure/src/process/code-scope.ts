import { AsyncLocalStorage } from "node:async_hooks";
import { fault } from "../errors/perdure-error.ts";

/** What the patched globals ask of the instance whose code is running. */
export interface OrchestrationScope {
  readonly kind: "orchestrator";
  readonly instanceId: string;
  readonly name: string;
  /** ms since 1970, of the last OrchestratorStarted. */
  readonly clock: number;
  /** True while a replay looks for the line of a wrong await. */
  readonly isProbe: boolean;
  /** 0 … 1, the next of the instance's own sequence. */
  random(): number;
  /** A callback given to queueMicrotask threw. */
  microtaskFailed(error: unknown): void;
  /** A callback given to process.nextTick threw. */
  tickFailed(error: unknown): void;
  /** Something was called that an orchestrator may not call; the error has the author's line. */
  refused(error: Error): void;
  /** A branch of user code rejected and is not awaited. */
  branchRejected(reason: unknown): void;
}

/** An activity or entity function: all its runs, and what they left behind. */
export interface ActivityScope {
  readonly kind: "activity";
  /** Nothing caught it: an exception in a timer or another callback of the activity, or a rejection that is not handled. */
  uncaught(what: "exception" | "rejection", error: unknown): void;
}

type CodeScope = OrchestrationScope | ActivityScope | { readonly kind: "engine" };

const ENGINE: CodeScope = { kind: "engine" };

/** Whose code runs, in all that it calls or awaits; undefined: a caller's, an HTTP function's or the program's. */
const codeScope = new AsyncLocalStorage<CodeScope | undefined>();

/** Calls a function in a context that was made before. */
type Enter = <R, Args extends readonly unknown[]>(fn: (...args: Args) => R, ...args: Args) => R;

/** The async context in which this module was loaded, which is not a caller's, with the engine's mark. */
const enterEngine: Enter = codeScope.run(ENGINE, () => AsyncLocalStorage.snapshot());

/** The orchestrator whose code is running, if any. */
export function currentOrchestration(): OrchestrationScope | undefined {
  const scope = codeScope.getStore();
  return scope?.kind === "orchestrator" ? scope : undefined;
}

export function currentActivity(): ActivityScope | undefined {
  const scope = codeScope.getStore();
  return scope?.kind === "activity" ? scope : undefined;
}

/** Begins an orchestrator. A new context costs 0.2 µs (Node 26.10), each time. */
export function runScoped<Args extends readonly unknown[], R>(scope: OrchestrationScope, fn: (...args: Args) => R, ...args: Args): R {
  return codeScope.run(scope, fn, ...args);
}

/** The way into the context of an activity function, made once for all its runs: a call through it costs 0.05 to 0.1 µs. */
export const activityContext = (scope: ActivityScope): Enter => enterEngine(() => codeScope.run(scope, () => AsyncLocalStorage.snapshot()));

/** True where {@link inEngine} would change nothing: a look costs 10 ns, and no closure. */
export const isInEngine = (): boolean => codeScope.getStore() === ENGINE;

/**
 * Runs the engine's own code outside the async context of the caller: else the functions of one caller's instance would see the AsyncLocalStorage values
 * of another caller, whose call happened to start the engine's work. Done at each public entry (0.1 µs), and inherited from there on.
 */
export function inEngine<R>(fn: () => R): R {
  return isInEngine() ? fn() : enterEngine(fn);
}

/**
 * Runs `fn` as if it were called from outside the orchestrator: real clock, real timers, real network. For libraries that must run for
 * real, a logger for example. What it returns must not steer the orchestrator: a replay would see another value.
 */
export function outsideOrchestration<T>(fn: () => T): T {
  if (typeof fn !== "function") throw fault("CALL_INVALID", "outsideOrchestration", "its argument is not a function");
  return currentOrchestration() === undefined ? fn() : codeScope.run(undefined, fn);
}
