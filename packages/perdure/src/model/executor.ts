import type { Action } from "./action.ts";
import type { EntityBatchRan, EntityBatchRequest } from "./entity-batch.ts";
import type { Failure } from "./failure.ts";
import type { ByKind, FunctionNames } from "./function-kind.ts";
import { byKind } from "./function-kind.ts";
import type { NameKey } from "./function-name.ts";
import { functionKey } from "./function-name.ts";
import type { HeldCall } from "./held-call.ts";
import type { EventRaised, HistoryEvent, Tags } from "./history.ts";
import type { EventId, InstanceId, InstanceNo, Seed } from "./ids.ts";
import { ENTITY_MARK } from "./ids.ts";
import type { Payload } from "./payload.ts";
import type { RuntimeStatus } from "./status.ts";
import type { TraceContext } from "./trace.ts";
import type { VersionRange, VersionRanges } from "./versions.ts";

/**
 * The port through which the engine runs user code, wherever that code lives: this thread, another thread, another process
 * (docs/design/executors.md). Everything that crosses it is a structured-cloneable value, every call is asynchronous, and the executor holds
 * nothing that the engine could not give it again: a lost cursor costs one replay.
 */
export interface Executor {
  /** What it can run now: another object as soon as anything in it changes. */
  readonly offer: Offer;
  /** Its cursors are recorded pasts: each request says what was recorded since the last answer ({@link EpisodeRequest.recorded}). */
  readonly wantsRecorded: boolean;
  /** Calls on places that take no messages since a while, for people who ask why an instance does not move. */
  readonly held?: readonly HeldCall[];
  /** Called after `offer` has changed. Returns the way to stop it. */
  onOffer(listener: () => void): () => void;
  runEpisode(request: EpisodeRequest): Promise<EpisodeResult>;
  /**
   * Runs operations on an entity, one after another, as many as it will. What it did is recorded whole, or run again: an operation may run twice, and its
   * effects count once.
   */
  runEntityBatch(request: EntityBatchRequest): Promise<EntityBatchResult>;
  /** The answer of that attempt is no longer waited for. It need not settle; unknown attempts are ignored, and so is every call after `close`. */
  abortEpisode(episode: EpisodeKey, reason: AbortReason): void;
  /**
   * Settles when the handler has, or with `aborted` once {@link abortActivity} was called and the handler gave up. An `aborted` that was not asked for counts
   * as lost through no fault of the call.
   */
  runActivity(request: ActivityRequest): Promise<ActivityResult>;
  /** Fires the AbortSignal of a running activity; unknown keys are ignored, and so is every call after `close`. */
  abortActivity(task: TaskKey, reason: AbortReason): void;
  /**
   * Drops the cursor of an instance (all generations): eviction, terminate, completion, an episode that was not recorded. It takes effect before the
   * next `runEpisode`. No user code runs.
   */
  forget(no: InstanceNo): void;
  /** Called with the heartbeats of running activities. Returns the way to stop it. */
  onHeartbeat(listener: HeartbeatListener): () => void;
  close(): Promise<void>;
}

export type HeartbeatListener = (task: TaskKey, progress: Payload | null) => void;

/** What an executor can run, by kind of function. */
export type Offer = ByKind<KindOffer>;

export interface KindOffer {
  /** As registered. */
  readonly names: readonly string[];
  /** What else it has, and has no place for now: the marker {@link ANY_NAME} among them is for every other name. */
  readonly away?: readonly string[];
  /** It takes every other name as well: its places do not say what they have. */
  readonly any: boolean;
  /** Versions that it takes, of those in `names` that are listed here; of all others any. */
  readonly versions?: { readonly [name: string]: readonly VersionRange[] };
  /** So many at once; null: as many as the settings of the worker allow. */
  readonly capacity: number | null;
  /** False: there is no place now that could run one, and there may be one later. */
  readonly ready: boolean;
}

/** An offer that never changes: everything runs in the process that offers it. */
export const fixedOffer = (names: FunctionNames): Offer =>
  byKind((kind) => ({ names: names[kind], any: false, capacity: null, ready: true }));

/** Among the names of a worker: it takes every other as well. */
export const ANY_NAME = "*";

/** Before a name in the row of a worker: it has the function, and no place for it now. No name of a function begins so. */
const AWAY_MARK = `${ENTITY_MARK}away:`;

/** Before a name with its versions in the row of a worker. */
const VERSIONS_MARK = `${ENTITY_MARK}versions:`;

/** Offers are asked for each episode, and replaced as a whole when they change. */
const byKey = new WeakMap<object, VersionRanges>();

/** The versions of an offer by key; undefined: it takes any. */
export function versionsOf({ versions }: KindOffer): VersionRanges | undefined {
  if (versions === undefined) return undefined;
  const known = byKey.get(versions) ?? new Map(Object.entries(versions).map(([name, list]) => [functionKey(name), list]));
  byKey.set(versions, known);
  return known;
}

/** All that it has, with a place or without. */
export const namesOf = ({ names, away = [], any }: KindOffer): readonly string[] =>
  any ? [...names, ANY_NAME, ...away] : [...names, ...away];

/** What others are told that it has, as it stands in the row of its worker ({@link parseNames}). */
export const namesOffered = (offer: Offer): FunctionNames =>
  byKind((kind) => {
    const { ready, names, away = [], any, versions = {} } = offer[kind];
    const ofVersions = Object.entries(versions).map((entry) => VERSIONS_MARK + JSON.stringify(entry));
    if (!ready) return [...namesOf(offer[kind]).map(marked), ...ofVersions];
    return [...names, ...(any ? [ANY_NAME] : []), ...away.map(marked), ...ofVersions];
  });

/** Of a worker whose row does not tell what it has: it may have every function, and has a place for none. */
export const UNKNOWN_NAMES: FunctionNames = byKind(() => [`${AWAY_MARK}${ANY_NAME}`]);

const marked = (name: string): string => AWAY_MARK + name;

/** What the row of a worker says that it can run now, in which versions, and what it has no place for. */
export function parseNames(told: FunctionNames): {
  readonly here: FunctionNames;
  readonly away: FunctionNames;
  readonly versions: ByKind<VersionRanges>;
} {
  const isPlain = (name: string) => !name.startsWith(AWAY_MARK) && !name.startsWith(VERSIONS_MARK);
  return {
    here: byKind((kind) => (told[kind].every(isPlain) ? told[kind] : told[kind].filter(isPlain))),
    away: byKind((kind) => told[kind].filter((name) => name.startsWith(AWAY_MARK)).map((name) => name.slice(AWAY_MARK.length))),
    versions: byKind((kind) => new Map(told[kind].flatMap(parseVersions))),
  };
}

function parseVersions(name: string): readonly (readonly [NameKey, readonly VersionRange[]])[] {
  if (!name.startsWith(VERSIONS_MARK)) return [];
  const [of, versions] = JSON.parse(name.slice(VERSIONS_MARK.length)) as readonly [string, readonly VersionRange[]];
  return [[functionKey(of), versions]];
}

/** All names in the row of a worker, with a place or without. */
export const namesIn = (told: FunctionNames): FunctionNames => {
  const { here, away } = parseNames(told);
  return byKind((kind) => (away[kind].length === 0 ? here[kind] : [...here[kind], ...away[kind]]));
};

/**
 * The call was not carried out, or it is not known whether it was. Nothing of it is recorded, and it is never a failure of the function. A call that
 * throws or rejects counts as `lost` with `atFault: null`.
 */
export type NotRun = Lost | Poison | Declined;

/** The place where it ran is gone. It is delivered again. */
export interface Lost {
  readonly kind: "lost";
  /** Is the call what ended its place? False: no · null: it may be, as may all that ran there · true: yes. */
  readonly atFault: boolean | null;
  /** What happened to the place, for people. */
  readonly reason?: string;
}

/** The executor has given up: the instance is stopped until it is resumed or different code is deployed. */
export interface Poison {
  readonly kind: "poison";
  readonly reason: string;
}

/** No place takes it now. It is delivered again, not sooner than that. */
export interface Declined {
  readonly kind: "declined";
  readonly retryAfterMs: number;
  /** True: another worker may have a place for it, so it is left to all of them. */
  readonly elsewhere: boolean;
}

/** One request for an episode. */
export interface EpisodeKey {
  readonly no: InstanceNo;
  /** Rises with each request of an engine: the answer to an earlier one is never taken for that to a later one. */
  readonly attempt: number;
}

export interface EpisodeRequest extends EpisodeKey {
  readonly instanceId: InstanceId;
  readonly generation: number;
  readonly name: string;
  readonly version: string | null;
  /** It may be what ended places before: to be run where nothing else is, if the executor has such a place. */
  readonly alone: boolean;
  /** Episodes of this generation that came before (= OrchestratorStarted events recorded). */
  readonly episode: number;
  /**
   * The recorded events of those episodes, up to and including the last OrchestratorCompleted; null when the executor is expected to hold
   * the cursor. Without a cursor at exactly `episode` it answers `historyNeeded` and is asked again.
   */
  readonly history: readonly HistoryEvent[] | null;
  /** What to deliver now; holds exactly one OrchestratorStarted, which sets the clock. */
  readonly fresh: readonly HistoryEvent[];
  /**
   * What the episode before this one recorded behind its own `fresh`: its actions as events, up to OrchestratorCompleted. Only for executors that want
   * it, and only while they may hold the cursor.
   */
  readonly recorded?: readonly HistoryEvent[];
}

export type EpisodeResult =
  /** There is no cursor here, and nothing else: the same request follows with the history. */
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
      /** What its cursor holds in memory; absent: not known. The engine evicts cursors by it. */
      readonly cursorBytes?: number;
      /** Names of the external events that it waits for, in any order that a replay gives again; absent: not known. */
      readonly openEvents?: readonly string[];
      /** Its own trace of the orchestration, recorded for its next episodes. */
      readonly trace?: TraceContext;
    }
  | NotRun
  /** The episode may not be recorded (divergence, foreign await, missing function …): the instance is stopped with this reason. */
  | {
      readonly kind: "stopped";
      readonly code: string;
      readonly message: string;
      /** The recorded episode, from 1, at which its replay of the history stopped; absent: not known, or none. */
      readonly episode?: number;
    };

export type EpisodeOutcome =
  | { readonly kind: "completed"; readonly output: Payload | null }
  | {
      readonly kind: "failed";
      readonly failure: Failure;
      /** As ExecutionCompleted records it. */
      readonly causedBy?: readonly EventId[];
    }
  | {
      readonly kind: "continuedAsNew";
      readonly input: Payload | null;
      /** Events that were not waited for yet, oldest first; empty when the orchestrator chose to drop them. */
      readonly carryOver: readonly EventRaised[];
      /** Of the next generation; absent: it keeps those of this one. */
      readonly version?: string | null;
      readonly tags?: Tags | null;
    };

export interface TaskKey {
  readonly no: InstanceNo;
  readonly generation: number;
  readonly eventId: EventId;
}

export interface ActivityRequest extends TaskKey {
  readonly instanceId: InstanceId;
  readonly name: string;
  /** As {@link EpisodeRequest.alone}. */
  readonly alone: boolean;
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
  /** Given at the call, else that of the execution. */
  readonly version: string | null;
  readonly tags: Tags | null;
  readonly trace: TraceContext | null;
}

export type ActivityResult =
  | { readonly kind: "completed"; readonly result: Payload | null }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "aborted"; readonly reason: AbortReason }
  | NotRun;

export type EntityBatchResult =
  | EntityBatchRan
  | NotRun
  /** The function is not there, or cannot run: the entity is stopped with this reason, nothing is recorded. */
  | { readonly kind: "stopped"; readonly code: string; readonly message: string };

/** `terminated`: the instance ended · `timeout`: its own limit · `shutdown`: this worker drains, another run will come · `lost`: this worker
 * lost its ownership, its result would be refused. */
export type AbortReason = EndReason | "timeout" | "shutdown" | "lost";

/** How the orchestration ended that no longer needs the result. */
export type EndReason = "completed" | "failed" | "terminated";

export const endReason = (status: RuntimeStatus): EndReason =>
  status === "Completed" ? "completed" : status === "Failed" ? "failed" : "terminated";
