import { AsyncLocalStorage } from "node:async_hooks";

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
  /** A branch of user code rejected and nobody awaits it. */
  branchRejected(reason: unknown): void;
}

/** A running activity, and what it left behind. */
export interface ActivityScope {
  readonly kind: "activity";
  /** Nothing caught it: an exception in a timer or another callback of the activity, or a rejection that nobody awaits. */
  uncaught(what: "exception" | "rejection", error: unknown): void;
}

type CodeScope = OrchestrationScope | ActivityScope | { readonly kind: "engine" };

const ENGINE: CodeScope = { kind: "engine" };

/** Whose code runs, in all that it calls or awaits; undefined: a caller's, an HTTP function's or the program's. */
const codeScope = new AsyncLocalStorage<CodeScope | undefined>();

/** The async context in which this module was loaded: no caller's. */
const outsideCallers: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot();

/** The orchestrator whose code is running, if it is one's. */
export function currentOrchestration(): OrchestrationScope | undefined {
  const scope = codeScope.getStore();
  return scope?.kind === "orchestrator" ? scope : undefined;
}

export function currentActivity(): ActivityScope | undefined {
  const scope = codeScope.getStore();
  return scope?.kind === "activity" ? scope : undefined;
}

/** Calls user code under its own scope. */
export function runScoped<Args extends readonly unknown[], R>(
  scope: OrchestrationScope | ActivityScope,
  fn: (...args: Args) => R,
  ...args: Args
): R {
  return codeScope.run(scope, fn, ...args);
}

/** True where {@link inEngine} would change nothing: a look costs 10 ns, and no closure. */
export const isInEngine = (): boolean => codeScope.getStore() === ENGINE;

/**
 * Runs the engine's own code outside the async context of whoever called: the functions of one caller's instance would see the AsyncLocalStorage values
 * of another caller, whose call happened to set the engine going. Done at each door (100 ns, Node 26.10), and inherited from there on.
 */
export function inEngine<R>(fn: () => R): R {
  return isInEngine() ? fn() : outsideCallers(() => codeScope.run(ENGINE, fn));
}

/**
 * Runs `fn` as if it were called from outside the orchestrator: real clock, real timers, real network. For libraries that must run for
 * real, a logger for example. What it returns must not steer the orchestrator: a replay would see another value.
 */
export function outsideOrchestration<T>(fn: () => T): T {
  return currentOrchestration() === undefined ? fn() : codeScope.run(undefined, fn);
}
