import { AsyncLocalStorage } from "node:async_hooks";

/** What the patched globals ask of the instance whose code is running. */
export interface OrchestrationScope {
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
  /** A branch of user code rejected and nobody awaits it. */
  branchRejected(reason: unknown): void;
}

/** The running instance's scope, in user code of orchestrators and all that it calls or awaits; undefined everywhere else. */
export const orchestrationScope = new AsyncLocalStorage<OrchestrationScope | undefined>();

/**
 * Runs `fn` as if it were called from outside the orchestrator: real clock, real timers, real network. For libraries that must run for
 * real, a logger for example. What it returns must not steer the orchestrator: a replay would see another value.
 */
export function outsideOrchestration<T>(fn: () => T): T {
  return orchestrationScope.run(undefined, fn);
}
