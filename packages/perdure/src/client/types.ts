import type { ForkPoint } from "../core/fork.ts";
import type { ActivityProgress } from "../engine/activities/activity-progress.ts";
import type { AuditLine } from "../functions/audit-types.ts";
import type { EditPlan } from "../functions/rerun-types.ts";
import type { ByKind } from "../model/function-kind.ts";
import type { HistoryEvent, Tags } from "../model/history.ts";
import type { EventId, ExecutionId, InstanceId } from "../model/ids.ts";
import type { Payload } from "../model/payload.ts";
import type { RuntimeStatus } from "../model/status.ts";
import type { TraceContext } from "../model/trace.ts";
import type { WaitingFor } from "../model/waiting-for.ts";
import type { AuditNote } from "../store/audit.ts";
import type { CallerTransaction } from "../store/contract.ts";
import type { CountQuery, InstanceCount, InstanceFilter, InstanceQuery, Payloads } from "../store/queries.ts";
import type { StopReason } from "../store/rows.ts";
import type { EntityClient } from "./entity-types.ts";
import type { Inspector, InspectorOptions } from "./inspect/types.ts";

/**
 * The untyped client: payloads as JSON text, outcomes as data. The typed `client` of a TaskHub and the HTTP API both stand on it.
 * Throws only catalogue errors (errors/): bad ids, payloads over the limit, store failures.
 */
export interface HubClient {
  readonly entities: EntityClient;
  readonly reruns: RerunClient;
  /** The newest lines first. */
  readonly audit: (query: ClientAuditQuery) => Promise<AuditPage>;
  start(params: StartParams): Promise<StartOutcome>;
  /** `payloads`: what of it is read, the rest is null. Default: all. */
  getStatus(instanceId: string, payloads?: Payloads): Promise<InstanceStatus | null>;
  /** Raw history of the current execution, null for an unknown instance. */
  getHistory(instanceId: string): Promise<readonly HistoryEvent[] | null>;
  /** Why it does not move; null for an unknown instance and for one that has ended. Reads all of its history, and of what it waits for. */
  waitingFor(instanceId: string): Promise<WaitingFor | null>;
  /** What failed and what is stopped, by what happened. */
  readonly failures: Inspector["failures"];
  query(query: ClientQuery): Promise<StatusPage>;
  count(params: ClientCount): Promise<InstanceCount>;
  raiseEvent(params: {
    readonly instanceId: string;
    readonly name: string;
    readonly input: Payload | null;
    /** As of {@link StartParams}. */
    readonly inputDepth?: number;
    readonly messageId?: string;
    /** As of {@link StartParams}. */
    readonly trace?: TraceContext;
    readonly transaction?: CallerTransaction;
  }): Promise<DeliverOutcome>;
  suspend(params: { readonly instanceId: string; readonly reason: string | null }): Promise<DeliverOutcome>;
  resume(params: { readonly instanceId: string; readonly reason: string | null }): Promise<DeliverOutcome>;
  terminate(params: { readonly instanceId: string; readonly reason: string | null; readonly recursive: boolean }): Promise<DeliverOutcome>;
  /** `notTerminal`: nothing was deleted. `recursive`: with its sub-orchestrations that have ended, and theirs. */
  purge(instanceId: string, recursive?: boolean, reason?: string | null): Promise<"deleted" | "notFound" | "notTerminal">;
  /** Terminal instances that are meant; all batches, returns how many. */
  purgeBy(params: ClientPurge): Promise<number>;
  /** How many {@link purgeBy} would delete, without those that would go with them. */
  countPurge(params: ClientPurge): Promise<number>;
  /** Resolves with the status once `until` is reached, or with the last one seen when time is up; null for an unknown instance. */
  waitFor(params: {
    readonly instanceId: string;
    readonly until: "started" | "completed";
    /** Null: as long as it takes. */
    readonly timeoutMs: number | null;
    /** Ends the wait as the end of its time does. */
    readonly signal?: AbortSignal;
    /** True: resolves also when the instance is stopped. */
    readonly orStopped?: boolean;
  }): Promise<InstanceStatus | null>;
  /** What is new of an instance since its watcher has asked last; null for an unknown instance. Answers when there is news, or at the end of the time. */
  changes(params: ChangesParams): Promise<Changes | null>;
  /** Of all live workers; null when no worker is live (a start is then accepted unseen), and for a kind of which one takes every name. */
  knownFunctions(options?: {
    /** Where the store does not say it at once: what it said last. */
    readonly orLastKnown?: boolean;
  }): Promise<ByKind<readonly string[] | null> | null>;
  /** What live workers take of an orchestrator that they have, in words, when none takes that version; else null. */
  versionsTakenInstead(name: string, version: string | null): Promise<string | null>;
}

/** Of a process that has the store open. */
export interface StoreClient extends HubClient {
  /** What people look at. */
  readonly inspector: (options?: InspectorOptions) => Inspector;
}

/** How far a watcher has seen one instance. It means something to the process that gave it, and to others that everything is new. */
export interface Seen {
  readonly by: string;
  readonly status: number;
  readonly progress: number;
}

export interface ChangesParams {
  readonly instanceId: string;
  /** Null: nothing yet. */
  readonly seen: Seen | null;
  /** Answers by then without news. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** What is new of an instance. Of several states between two questions only the last is told. */
export interface Changes {
  /** Null: as it was seen. */
  readonly status: InstanceStatus | null;
  readonly progress: readonly ActivityProgress[];
  readonly seen: Seen;
}

/** `error` refuses while an instance of that id is live, `reject` also when it has finished. */
export type OnExisting = "error" | "reject" | "replace" | "attach";

export interface StartParams {
  readonly name: string;
  /** Absent: a guid is minted. */
  readonly instanceId?: string;
  readonly input: Payload | null;
  /** The input has no more levels than this: the caller has scanned it. */
  readonly inputDepth?: number;
  readonly version?: string | null;
  readonly tags?: Tags | null;
  /** ms since 1970. */
  readonly startAt?: number | null;
  /** Where the caller stands in a trace; absent: the span that is active there, if any. */
  readonly trace?: TraceContext;
  readonly onExisting?: OnExisting;
  /** The start belongs to the caller's own transaction. Throws TRANSACTION_UNSUPPORTED where the store has none to share. */
  readonly transaction?: CallerTransaction;
  /** Leaves a line in the audit; then the start goes to the store by itself. */
  readonly note?: AuditNote;
}

export interface ClientAuditQuery {
  /** Null: of all. */
  readonly instanceId: string | null;
  readonly limit: number;
  readonly continuation: string | null;
}

export interface AuditPage {
  readonly lines: readonly AuditLine[];
  readonly continuation: string | null;
}

export type StartOutcome =
  | { readonly kind: "started" | "existing"; readonly instanceId: InstanceId; readonly executionId: ExecutionId }
  /** An instance has that id. */
  | { readonly kind: "conflict"; readonly instanceId: InstanceId; readonly status: RuntimeStatus };

export interface RerunClient {
  restart(params: RestartParams): Promise<RestartOutcome>;
  rewind(params: RewindParams): Promise<RewindOutcome>;
  /** The instances of a filter, one after another. */
  oneByOne<Step>(params: OneByOneParams, act: Act<Step>): AsyncIterable<Continued<Step>>;
  /** Throws FORK_INVALID for a point or a result that its history does not have. */
  fork(params: ForkParams): Promise<ForkOutcome>;
}

export interface OneByOneParams {
  readonly filter: ClientFilter;
  /** In place of those of the filter. */
  readonly statuses: readonly RuntimeStatus[];
  /** At most so many; null: without a pause. */
  readonly perSecond: number | null;
  /** Of an earlier run; null: from the beginning. */
  readonly continuation: string | null;
}

/** `began`: the instance that runs now in place of that, or beside it. */
export type Act<Step> = (instanceId: InstanceId) => Promise<{ readonly step: Step; readonly began: string } | null>;

export type Continued<Step> = Step & { readonly continuation: string | null };

export interface ForkParams {
  readonly instanceId: string;
  readonly at: ForkPoint;
  /** Absent: a guid is minted. */
  readonly newInstanceId?: string;
  readonly input?: Payload | null;
  readonly version?: string | null;
  readonly reason: string | null;
  readonly results: ReadonlyMap<EventId, Payload | null>;
  /** External events behind the point that are kept: all, or those of these names. */
  readonly events: "keep" | readonly string[];
  readonly keepsCompletions: boolean;
  /** Open timers keep their date; else they get the time that was left at the point. */
  readonly keepsTimers: boolean;
  /** True: nothing is done. */
  readonly dryRun: boolean;
}

export type ForkOutcome =
  | { readonly kind: "forked"; readonly instanceId: InstanceId; readonly plan: EditPlan }
  | { readonly kind: "notFound" }
  | { readonly kind: "conflict"; readonly instanceId: InstanceId; readonly status: RuntimeStatus };

export interface RestartParams {
  readonly instanceId: string;
  /** Absent: a guid is minted. The same id is free once its instance has ended. */
  readonly newInstanceId?: string;
  /** As of {@link StartParams}, for that id. */
  readonly onExisting?: OnExisting;
  /** Absent: that of its current execution. */
  readonly input?: Payload | null;
  /** Absent: the version that new instances have now. */
  readonly version?: string | null;
  /** Kept in the audit. */
  readonly reason?: string | null;
}

export type RestartOutcome = StartOutcome | { readonly kind: "notFound" };

export interface RewindParams {
  readonly instanceId: string;
  readonly reason: string | null;
  /** True: nothing is done. */
  readonly dryRun: boolean;
}

export type RewindOutcome =
  | { readonly kind: "rewound"; readonly plan: EditPlan }
  | { readonly kind: "notFound" }
  | { readonly kind: "notFailed"; readonly status: RuntimeStatus };

export interface DeliverOutcome {
  readonly outcome: "delivered" | "notFound" | "done";
  /** Status seen when it was delivered. */
  readonly status: RuntimeStatus | null;
}

export interface InstanceStatus {
  readonly instanceId: InstanceId;
  readonly executionId: ExecutionId;
  readonly name: string;
  readonly version: string | null;
  readonly runtimeStatus: RuntimeStatus;
  readonly input: Payload | null;
  readonly output: Payload | null;
  readonly customStatus: Payload | null;
  readonly tags: Tags | null;
  readonly parentInstanceId: InstanceId | null;
  readonly createdTime: number;
  readonly lastUpdatedTime: number;
  readonly completedTime: number | null;
  readonly generation: number;
  /** Why it is stopped, when it is. */
  readonly stopped: StopReason | null;
}

/** The parent by its id: that of the instance which has the id now. */
interface ByParentId {
  readonly parentInstanceId?: string;
}

export type ClientFilter = Omit<InstanceFilter, "parent"> & ByParentId;
export type ClientQuery = Omit<InstanceQuery, "parent"> & ByParentId;
export type ClientCount = Omit<CountQuery, "filter"> & { readonly filter: ClientFilter };

/** What a purge deletes: of these those that have ended. */
export interface ClientPurge
  extends Pick<ClientFilter, "createdFrom" | "createdTo" | "statuses">,
    Partial<Omit<ClientFilter, "createdFrom" | "createdTo" | "statuses" | "open">> {
  readonly recursive?: boolean;
  /** Kept in the audit. */
  readonly reason?: string | null;
}

export interface StatusPage {
  readonly instances: readonly InstanceStatus[];
  readonly continuation: string | null;
  /** ms since 1970. The page is short: as many rows as one page may look at reach to here. The next one continues behind them. */
  readonly reachedBackTo: number | null;
}
