import type { Action } from "./action.ts";
import type { Failure } from "./failure.ts";
import type { FunctionNames } from "./function-kind.ts";
import type { EventRaised, HistoryEvent } from "./history.ts";
import type { EventId, InstanceId, InstanceNo, Seed } from "./ids.ts";
import type { Payload } from "./payload.ts";
import type { RuntimeStatus } from "./status.ts";

/**
 * The port through which the engine runs user code, wherever that code lives: this thread, another thread, another process.
 * Everything that crosses it is a structured-cloneable value, every call is asynchronous, and the executor holds nothing that the
 * engine could not give it again: a lost cursor costs one replay.
 */
export interface Executor {
  /** Names of the functions it can run, as registered. */
  readonly functions: FunctionNames;
  runEpisode(request: EpisodeRequest): Promise<EpisodeResult>;
  /** Settles when the handler has, or with `aborted` once {@link abortActivity} was called and the handler gave up. */
  runActivity(request: ActivityRequest): Promise<ActivityResult>;
  /** Fires the AbortSignal of a running activity; unknown keys are ignored. */
  abortActivity(task: TaskKey, reason: AbortReason): void;
  /** Drops the cursor of an instance (all generations): eviction, terminate, completion. No user code runs. */
  forget(no: InstanceNo): void;
  /** Heartbeats of running activities arrive here. One listener, set by the engine before the first call. */
  onHeartbeat(listener: (task: TaskKey, progress: Payload | null) => void): void;
  close(): Promise<void>;
}

export interface EpisodeRequest {
  readonly no: InstanceNo;
  readonly instanceId: InstanceId;
  readonly generation: number;
  readonly name: string;
  /** Episodes of this generation that came before (= OrchestratorStarted events recorded). */
  readonly episode: number;
  /**
   * The recorded events of those episodes, up to and including the last OrchestratorCompleted; null when the executor is expected to hold
   * the cursor. Without a cursor at exactly `episode` it answers `historyNeeded` and is asked again.
   */
  readonly history: readonly HistoryEvent[] | null;
  /** What to deliver now; holds exactly one OrchestratorStarted, which sets the clock. */
  readonly fresh: readonly HistoryEvent[];
}

export type EpisodeResult =
  | { readonly kind: "historyNeeded" }
  | {
      readonly kind: "ran";
      readonly actions: readonly Action[];
      /** Absent: not touched in this episode. */
      readonly customStatus?: Payload | null;
      /** As OrchestratorCompleted records them; absent: none. */
      readonly droppedEvents?: readonly number[];
      /** Null while the orchestrator waits. */
      readonly outcome: EpisodeOutcome | null;
    }
  /** The episode may not be recorded (divergence, foreign await, missing function …): the instance is stopped with this reason. */
  | { readonly kind: "stopped"; readonly code: string; readonly message: string };

export type EpisodeOutcome =
  | { readonly kind: "completed"; readonly output: Payload | null }
  | { readonly kind: "failed"; readonly failure: Failure }
  | {
      readonly kind: "continuedAsNew";
      readonly input: Payload | null;
      /** Events that nobody had waited for yet, oldest first; empty when the orchestrator chose to drop them. */
      readonly carryOver: readonly EventRaised[];
    };

export interface TaskKey {
  readonly no: InstanceNo;
  readonly generation: number;
  readonly eventId: EventId;
}

export interface ActivityRequest extends TaskKey {
  readonly instanceId: InstanceId;
  readonly name: string;
  readonly input: Payload | null;
  /** 1 for the first run of the call; counts the retries of the policy, not redeliveries after a crash. */
  readonly attempt: number;
  /** Of the execution that asked for it; with `callId` it names the call. */
  readonly seed: Seed;
  /** Event id of the first attempt. */
  readonly callId: EventId;
  /** Given at the call; null: the definition's own, if it has one. */
  readonly timeoutMs: number | null;
  /** Last heartbeat of an earlier attempt. */
  readonly progress: Payload | null;
}

export type ActivityResult =
  | { readonly kind: "completed"; readonly result: Payload | null }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "aborted"; readonly reason: AbortReason };

/** `terminated`: the instance ended · `timeout`: its own limit · `shutdown`: this worker drains, another run will come · `lost`: this worker
 * lost its ownership, its result would be refused. */
export type AbortReason = EndReason | "timeout" | "shutdown" | "lost";

/** How the orchestration ended that no longer needs the result. */
export type EndReason = "completed" | "failed" | "terminated";

export const endReason = (status: RuntimeStatus): EndReason =>
  status === "Completed" ? "completed" : status === "Failed" ? "failed" : "terminated";
