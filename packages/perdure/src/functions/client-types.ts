import type { Duration } from "../model/duration.ts";
import type { HistoryEvent, Tags } from "../model/history.ts";
import type { RuntimeStatus } from "../model/status.ts";
import type { WaitingFor } from "../model/waiting-for.ts";
import type { AuditLine } from "./audit-types.ts";
import type { InputArgs } from "./call-arguments.ts";
import type {
  AnyOperations,
  CleanEntitiesOptions,
  CleanEntitiesResult,
  EntityFilter,
  EntityHandle,
  EntityInfo,
} from "./entity-client-types.ts";
import type { EntityId, EntityRef } from "./entity-types.ts";
import type { ExternalEvent } from "./external-event.ts";
import type { CountOptions, InstanceCount, PurgeFilter, PurgeOptions, StatusFilter, StatusPageQuery, StatusQuery } from "./filter-types.ts";
import type { NotJson } from "./json-fault.ts";
import type { AnyOrchestratorRef, InputOf, ResultOf } from "./references.ts";
import type {
  EditPlan,
  ForkByOptions,
  ForkOptions,
  ForkStep,
  RestartByOptions,
  RestartOptions,
  RestartStep,
  RewindByOptions,
  RewindOptions,
  RewindStep,
} from "./rerun-types.ts";
import type { ScheduleClient } from "./schedule-client.ts";
import type { Transaction } from "./transaction.ts";
import type { Nothing, SurvivesJson } from "./wire.ts";

export interface StartNewSettings {
  /** Default: a guid. */
  readonly instanceId?: string;
  readonly version?: string;
  /** Not before; the instance is Pending until then. */
  readonly startAt?: Date | Duration;
  readonly tags?: Tags;
  /**
   * What to do when there is an instance of that id: `error` refuses while it is live and replaces a finished one, `reject` refuses in both cases
   * (one id runs once), `replace` terminates a live one and starts a new one, `attach` starts nothing and gives the handle of a live or finished one.
   * What is refused throws INSTANCE_EXISTS. Default `error`.
   */
  readonly onExisting?: "error" | "reject" | "replace" | "attach";
  /** Where the caller stands in a trace, as the header of the W3C says it. Default: the active span, when the app has `@opentelemetry/api`. */
  readonly traceparent?: string;
  /** Your `pg` connection with an open transaction (PostgreSQL stores): the instance exists exactly if you commit it. */
  readonly transaction?: Transaction;
}

export interface RaiseEventOptions {
  /**
   * Yours for this event, up to 256 characters: another event with the same id to the same instance is dropped. It is known for all of the execution that got it, and
   * after continue-as-new for 30 minutes more, among the last 256.
   */
  readonly messageId?: string;
  /** As for `startNew`: the event arrives exactly if you commit it. */
  readonly transaction?: Transaction;
}

/** The options of `startNew`: `input` is required exactly when the orchestrator needs one. */
export type StartNewOptions<In> = StartNewSettings & InputField<In>;
export type InputField<In> =
  SurvivesJson<In> extends true
    ? unknown extends In
      ? { readonly input?: In }
      : [In] extends [Nothing]
        ? { readonly input?: undefined }
        : undefined extends In
          ? { readonly input?: In }
          : { readonly input: In }
    : { readonly input: NotJson<In> };

export type StartNewArgs<In> =
  Record<never, never> extends InputField<In> ? [options?: StartNewOptions<In>] : [options: StartNewOptions<In>];

/** A client's view of one instance. */
export interface OrchestrationHandle<Out> {
  readonly instanceId: string;
  /**
   * The output once it has completed. Throws OrchestrationFailedError, OrchestrationTerminatedError, INSTANCE_STOPPED with the reason when it stands
   * still until it is resumed or other code is deployed, and RESULT_TIMEOUT.
   */
  result(options?: WaitOptions): Promise<Out>;
  status(options?: GetStatusOptions): Promise<OrchestrationStatus>;
  /** As {@link DurableClient.watch}. */
  watch(options?: WatchOptions): AsyncGenerator<WatchUpdate, void, undefined>;
  raiseEvent(name: string, data?: unknown): Promise<void>;
  raiseEvent<Sent>(token: ExternalEvent<Sent, unknown>, ...data: InputArgs<Sent>): Promise<void>;
  suspend(reason?: string): Promise<void>;
  resume(reason?: string): Promise<void>;
  terminate(options?: TerminateOptions): Promise<void>;
}

export interface WaitOptions {
  /** Default: as long as it takes. */
  readonly timeout?: Duration;
  /** Ends the wait, which then throws the signal's own reason. */
  readonly signal?: AbortSignal;
}

export interface WatchOptions {
  /** Ends the watch, which then throws the signal's own reason. */
  readonly signal?: AbortSignal;
}

/** What {@link DurableClient.watch} tells. */
export type WatchUpdate =
  /** How it is at the beginning, then each time that its runtime status, its custom status or why it is stopped has changed. */
  | { readonly kind: "status"; readonly status: OrchestrationStatus }
  /** What a running activity has given to `heartbeat()`. */
  | {
      readonly kind: "progress";
      readonly activity: string;
      /** As in the context of the activity. */
      readonly taskId: string;
      readonly attempt: number;
      readonly time: Date;
      readonly progress: unknown;
    };

export interface TerminateOptions {
  readonly reason?: string;
  /** Also its sub-orchestrations, and theirs. Default false. */
  readonly recursive?: boolean;
}

export interface GetStatusOptions {
  readonly showHistory?: boolean;
  /** Inputs and results inside the history. */
  readonly showHistoryOutput?: boolean;
  /** Default true. */
  readonly showInput?: boolean;
  /** Why it does not move. Costs a read of its history, and of the histories of those that it waits for (ten at most). */
  readonly showWaitingFor?: boolean;
}

export interface OrchestrationStatus {
  readonly instanceId: string;
  readonly name: string;
  readonly version: string | null;
  readonly runtimeStatus: RuntimeStatus;
  readonly input: unknown;
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly tags: Tags | null;
  readonly parentInstanceId: string | null;
  readonly createdTime: Date;
  readonly lastUpdatedTime: Date;
  /** Why it is stopped, when it is. */
  readonly stopped: { readonly code: string; readonly message: string } | null;
  /** With `showHistory`. */
  readonly history?: readonly HistoryEvent[];
  /** With `showWaitingFor`; null: it has ended. */
  readonly waitingFor?: WaitingFor | null;
}

export interface OrchestrationStatusPage {
  readonly instances: readonly OrchestrationStatus[];
  /** For the next page; null when there is nothing more. */
  readonly continuation: string | null;
  /**
   * The page is short, or empty: no index has what was asked for, and 50,000 rows (or as many as a second allows) were looked at, back to this time. The next page
   * continues there. Null otherwise.
   */
  readonly reachedBackTo: Date | null;
}

/** The management URLs of one instance, as on the wire. */
export interface HttpManagementPayload {
  readonly id: string;
  readonly statusQueryGetUri: string;
  readonly sendEventPostUri: string;
  readonly terminatePostUri: string;
  readonly rewindPostUri: string;
  readonly purgeHistoryDeleteUri: string;
  readonly restartPostUri: string;
  readonly suspendPostUri: string;
  readonly resumePostUri: string;
}

/** Starts orchestrations and speaks to them, from anywhere but an orchestrator. */
export interface DurableClient {
  readonly schedules: ScheduleClient;
  startNew<Ref extends AnyOrchestratorRef | string>(
    ref: Ref,
    ...options: StartNewArgs<InputOf<Ref>>
  ): Promise<OrchestrationHandle<ResultOf<Ref>>>;
  /** Makes a handle without a call to the store. */
  handle<Ref extends AnyOrchestratorRef | string>(ref: Ref, instanceId: string): OrchestrationHandle<ResultOf<Ref>>;
  /** Null for an unknown instance. */
  getStatus(instanceId: string, options?: GetStatusOptions): Promise<OrchestrationStatus | null>;
  /** All pages, one after the other. An instance that is there and meant all the while comes once. */
  query(query?: StatusQuery): AsyncIterable<OrchestrationStatus>;
  queryPage(query?: StatusPageQuery): Promise<OrchestrationStatusPage>;
  count(filter?: StatusFilter, options?: CountOptions): Promise<InstanceCount>;
  /** Resolves once it is no longer Pending; throws RESULT_TIMEOUT. */
  waitForStart(instanceId: string, options?: WaitOptions): Promise<OrchestrationStatus>;
  /** Resolves once it is finished, whatever its end, and waits on while it is stopped; throws RESULT_TIMEOUT, which says so. */
  waitForCompletion(instanceId: string, options?: WaitOptions): Promise<OrchestrationStatus>;
  /**
   * What becomes of an instance, until it has ended: its status now and at each change, and what its activities say with `heartbeat()` while they run, also in
   * other processes. Progress is not history: of what comes faster than it is read the last is told, and a lost connection loses it. Throws INSTANCE_NOT_FOUND.
   */
  watch(instanceId: string, options?: WatchOptions): AsyncGenerator<WatchUpdate, void, undefined>;
  raiseEvent(instanceId: string, name: string, data?: unknown, options?: RaiseEventOptions): Promise<void>;
  raiseEvent<Sent>(instanceId: string, token: ExternalEvent<Sent, unknown>, ...data: InputArgs<Sent>): Promise<void>;
  raiseEvent<Sent>(instanceId: string, token: ExternalEvent<Sent, unknown>, data: Sent, options: RaiseEventOptions): Promise<void>;
  suspend(instanceId: string, reason?: string): Promise<void>;
  resume(instanceId: string, reason?: string): Promise<void>;
  terminate(instanceId: string, options?: TerminateOptions): Promise<void>;
  /** Starts it again from its beginning: name, input and tags are taken over, nothing of its history. INSTANCE_EXISTS when the id belongs to a live one. */
  restart(instanceId: string, options?: RestartOptions): Promise<OrchestrationHandle<unknown>>;
  /**
   * Lets a failed instance continue from where it failed: what has completed stays, what ended it runs again, and failed sub-orchestrations are rewound
   * before it. INSTANCE_NOT_FAILED for any other status.
   */
  rewind(instanceId: string, options?: RewindOptions): Promise<EditPlan>;
  /**
   * Rewinds the failed instances of a filter that there are now, oldest first, as you iterate: each step is one, and breaking off leaves the rest as it is.
   * With the `continuation` of a step another run begins behind it, also in another process; without it those that have failed again are rewound again.
   */
  rewindBy(filter?: StatusFilter, options?: RewindByOptions): AsyncIterable<RewindStep>;
  /** Restarts the ended instances of a filter that there are now, likewise. The filter has at least one part. */
  restartBy(filter: StatusFilter, options?: RestartByOptions): AsyncIterable<RestartStep>;
  /** Forks the instances of a filter that there are now, likewise, all at the same point; those without that point are passed over. The filter has at least one part. */
  forkBy(filter: StatusFilter, options: ForkByOptions): AsyncIterable<ForkStep>;
  /**
   * Starts another instance with the history of this one up to a point, edited if wanted. The original is not touched. Tag `perdure.forkedFrom` has its id.
   * FORK_INVALID when the history has no such point or call.
   */
  fork(instanceId: string, options: ForkOptions): Promise<OrchestrationHandle<unknown> & { readonly plan: EditPlan }>;
  /** False for an unknown instance; an unfinished one is an error. */
  purge(instanceId: string, options?: PurgeOptions): Promise<boolean>;
  /** How many were deleted; with `dryRun`, how many would be. */
  purgeBy(filter: PurgeFilter): Promise<number>;
  /** The newest lines first, of one instance or of all: what was purged, replaced, rewound, restarted, forked, skipped, and what continued as new. */
  audit(instanceId?: string): AsyncIterable<AuditLine>;
  /** Makes a handle without a call to the store: `client.entity(account, "z")`, `client.entity(account.id("z"))`, `client.entity("Account", "z")`. */
  entity<Ops, State>(id: EntityId<Ops, State>): EntityHandle<Ops, State>;
  entity<Ops, State>(ref: EntityRef<Ops, State>, key: string): EntityHandle<Ops, State>;
  entity(name: string, key: string): EntityHandle<AnyOperations>;
  /** In order of name and key. */
  queryEntities(filter?: EntityFilter): AsyncIterable<EntityInfo>;
  /** Both should find nothing: entities and orchestrations clean up by themselves. */
  cleanEntities(options?: CleanEntitiesOptions): Promise<CleanEntitiesResult>;
  /** 202 with Location, Retry-After and the management URLs. */
  createCheckStatusResponse(request: Request, instanceId: string): Response;
  createHttpManagementPayload(instanceId: string): HttpManagementPayload;
  /** The result when it comes in time, else the check-status response. */
  waitForCompletionOrCreateCheckStatusResponse(
    request: Request,
    instanceId: string,
    options?: { readonly timeout?: Duration; readonly retryInterval?: Duration },
  ): Promise<Response>;
}
