import { fault } from "../errors/perdure-error.ts";
import type { FunctionLogger } from "../telemetry/function-logger.ts";
import type { DurableClient } from "./client-types.ts";

export interface AppContext {
  readonly client: DurableClient;
  readonly log: FunctionLogger;
  /** Name of the task hub. */
  readonly taskHub: string;
  /** True where this process runs orchestrators and activities; false where it only serves client functions. */
  readonly runsWorker: boolean;
  /** At the start: fires when the hub is closed meanwhile. At the stop: fires when the stop waits no longer. */
  readonly signal: AbortSignal;
}

export type AppHookHandler = (context: AppContext) => void | Promise<void>;

/** What runs once in each process of an app, at its start or stop. It is exported, or listed, like a function. */
export interface AppHook {
  readonly kind: "hook";
  readonly on: "start" | "stop";
  readonly handler: AppHookHandler;
}

/**
 * Runs in each process of the app before it takes any work: to open connections, to check the configuration, to start what must always run. When it
 * throws, the start is given up.
 */
export function onStart(handler: AppHookHandler): AppHook {
  return hook("start", handler);
}

/** Runs in each process of the app at its end, when nothing of the app runs any more: to close connections, to send what is buffered. */
export function onStop(handler: AppHookHandler): AppHook {
  return hook("stop", handler);
}

function hook(on: AppHook["on"], handler: unknown): AppHook {
  const where = on === "start" ? "onStart" : "onStop";
  if (typeof handler !== "function") throw fault("CALL_INVALID", where, "its argument is not a function");
  return { kind: "hook", on, handler: handler as AppHookHandler };
}
