import type { Executor } from "../model/executor.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import type { ServedClient } from "./client-server.ts";
import type { AppInfo, GuestSetup, Invocation, InvocationResult } from "./guest.ts";
import type { SourceLine } from "./held-line.ts";

/** An app on threads of its own. On the main thread. */
export interface AppThreads extends Executor {
  readonly info: AppInfo;
  /** An HTTP function, a trigger. It is never lost in silence: `lost` when its thread has ended. */
  invoke(call: Invocation, signal?: AbortSignal): Promise<InvocationResult>;
  /** What the app does at its start, in each thread, also in those that are started later. Rejects with the error of the first that fails. */
  startHooks(runsWorker: boolean): Promise<void>;
  stopHooks(): Promise<void>;
  /** The hub, which is there after the app. */
  connect(hub: ServedClient): void;
  /** The origin of management URLs, once it is known. */
  originIs(url: string): void;
  /**
   * The app as its files are now, on new threads, which get all work from then on; the old ones have ten seconds for what has begun there. Rejects when it cannot
   * be loaded, or is not accepted: the old threads go on then as if nothing had been asked. One after another.
   */
  reload(next?: Reload): Promise<AppInfo>;
  /** Ends its threads now, whatever runs there, as a crash would; others take their place. No call is taken for the cause. */
  kill(): Killed;
  /** As the `close` of an executor; HTTP functions and hooks still run. */
  drain(): void;
}

export interface Killed {
  readonly threads: number;
  /** Calls that had begun there. */
  readonly calls: number;
  /** Another thread takes calls. */
  readonly replaced: Promise<void>;
}

/** What is different when an app is loaded again. */
export interface Reload extends Partial<Pick<GuestSetup, "files" | "more">> {
  /** Asked when the app is loaded and has done nothing yet. What it throws is the reason why the app is not taken. */
  readonly accepts?: (info: AppInfo) => void | Promise<void>;
  /** Aborted: the load is given up, with its reason, if the app has not been loaded by then. It may never be. */
  readonly signal?: AbortSignal;
}

export const ISOLATIONS = ["thread", "process"] as const;
export type Isolation = (typeof ISOLATIONS)[number];

export interface AppThreadsOptions {
  readonly setup: GuestSetup;
  /** Threads that run the app while none is held; 1 or more. */
  readonly threads: number;
  /** What each of them is: a worker thread, or a process, for native add-ons that refuse threads, and those that crash. Default: a thread. */
  readonly isolation?: Isolation;
  /** Of the heap of each; null: as Node decides. */
  readonly memoryMb: number | null;
  /** A thread that is held is ended when what holds it has run for this long. Infinity: never. */
  readonly functionTimeoutMs: number;
  /** The same for one that an orchestrator holds; default: a minute. */
  readonly episodeTimeoutMs?: number;
  readonly log: EngineLog;
  readonly functionLog: EngineLog;
  /** Default: what runs is the source. */
  readonly sourceLine?: SourceLine;
}
