import type { Executor } from "../model/executor.ts";
import type { RetentionRule } from "../model/retention.ts";
import { DEFAULT_KEEP_AUDIT_MS } from "../model/retention.ts";
import type { VersionFailure } from "../model/versions.ts";
import type { Clock, Ids, Scheduler } from "../process/clock.ts";
import type { Store } from "../store/contract.ts";
import type { InstanceRow } from "../store/rows.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import type { EngineTaps } from "./taps.ts";

/** What a worker is made of. Everything that touches the world comes in here. */
export interface WorkerParts {
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly ids: Ids;
  readonly log: EngineLog;
  /** Who it is, for people: host name, pid. */
  readonly host: string;
  /** By which its functions are told from other code of the same names. */
  readonly codeVersion: string;
  /** Absent: nothing looks on. */
  readonly taps?: EngineTaps;
}

/** Every number the engine lives by. All have defaults; tests and operators change them. */
export interface WorkerSettings {
  /** Time without renewal after which others may declare this worker dead, ms. */
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  /** Activities running at once in this worker; more wait in line. */
  readonly maxConcurrentActivities: number;
  /** Of these functions no more than so many at once in this worker, by name of the activity. */
  readonly activityLimits: { readonly [activity: string]: number };
  /** Instances kept in memory at once; beyond it, idle ones are released and new ones are left to others. */
  readonly maxOwnedInstances: number;
  /** Work in progress (and open activities of one instance) up to which a worker keeps what it makes, however idle others are. */
  readonly keepBelow: number;
  /** A call to a function that no live worker has offered for this long fails, ms. */
  readonly functionNotFoundAfterMs: number;
  /** The same while this worker has seen no other for that long: no other worker could bring it. */
  readonly functionNotFoundAloneMs: number;
  /** What becomes of instances in a version that no live worker takes, once they have waited as long. */
  readonly versionFailure: VersionFailure;
  /** An instance that waits this long without anything to do is given back to the store, ms. */
  readonly idleReleaseMs: number;
  /** An activity still running after this gets a task row, so that its instance can sleep and its attempt is on record, ms. */
  readonly longActivityMs: number;
  /** A heartbeat is in the store this soon, ms. */
  readonly heartbeatFlushMs: number;
  /** Rows and bytes after which a batch is sealed (docs/design/ownership.md 8). */
  readonly maxBatchRows: number;
  readonly maxBatchBytes: number;
  /** Messages that one episode takes at most. */
  readonly maxMessagesPerEpisode: number;
  /** Episodes that go into one group commit at most; 1 = no grouping (tests). */
  readonly maxEpisodesPerCommit: number;
  /** A history of so many events, or about so many bytes, is worth a line of the log: each restart reads all of it. */
  readonly historyWarningEvents: number;
  readonly historyWarningBytes: number;
  /** An execution whose history has reached one of these gets no further episode: it fails. */
  readonly maxHistoryEvents: number;
  readonly maxHistoryBytes: number;
  /** False: every episode replays from history (tests, debugging). */
  readonly keepCursors: boolean;
  /** A commit for which the store has no room is taken apart, or waits beside the others, when it is larger than this (bytes of JSON) … */
  readonly asideOverBytes: number;
  /** … and was refused more often than this: a disk that is full for a moment is waited for. */
  readonly asideAfterRefusals: number;
  /** The store is asked for due work at least this often, whatever the hints say, ms. */
  readonly pollEveryMs: number;
  /** The sweep (docs/design/ownership.md 9) runs this often, ms. */
  readonly sweepEveryMs: number;
  /** Which terminal instances are purged; null keeps them. `archive` is asked before: false keeps the instance. */
  readonly retention: {
    readonly rules: readonly RetentionRule[];
    readonly archive: ((row: InstanceRow) => Promise<boolean>) | null;
  } | null;
  /** A line of the audit goes this long after what it records happened last, ms; null keeps it. */
  readonly keepAuditMs: number | null;
  /** A start of the worker tries to join for this long while the store is away, ms. */
  readonly joinMs: number;
  /** A client's call that the store has not taken by then is withdrawn, or its outcome is not known, ms. */
  readonly acceptMs: number;
  /** A stop waits this long for running activities, whose signals fire at its beginning, before it hands them back, ms. */
  readonly drainMs: number;
}

export const DEFAULT_WORKER_SETTINGS: WorkerSettings = {
  leaseMs: 10_000,
  renewEveryMs: 3_000,
  maxConcurrentActivities: 1_000,
  activityLimits: {},
  maxOwnedInstances: 20_000,
  keepBelow: 8,
  functionNotFoundAfterMs: 30_000,
  functionNotFoundAloneMs: 0,
  versionFailure: "Reject",
  idleReleaseMs: 10_000,
  longActivityMs: 5_000,
  heartbeatFlushMs: 500,
  maxBatchRows: 2_000,
  maxBatchBytes: 4 * 1_024 * 1_024,
  maxMessagesPerEpisode: 1_000,
  maxEpisodesPerCommit: 500,
  asideOverBytes: 64 * 1_024,
  asideAfterRefusals: 2,
  historyWarningEvents: 50_000,
  historyWarningBytes: 50_000_000,
  maxHistoryEvents: Number.POSITIVE_INFINITY,
  maxHistoryBytes: Number.POSITIVE_INFINITY,
  keepCursors: true,
  pollEveryMs: 1_000,
  sweepEveryMs: 60_000,
  retention: null,
  keepAuditMs: DEFAULT_KEEP_AUDIT_MS,
  joinMs: 30_000,
  acceptMs: 15_000,
  drainMs: 10_000,
};

/** What a running worker offers to those beside it (client, host, tests). `engine/worker.ts` has `createWorker(parts, settings): Worker`. */
export interface WorkerLifecycle {
  /** Joins the task hub and begins to work; rejects when the store cannot be reached. */
  start(): Promise<void>;
  /** Stops claiming, finishes or hands back what runs, leaves the hub. */
  stop(): Promise<void>;
  /** As a crash would: forgets everything at once and never speaks to the store again. For the simulator and for second signals. */
  kill(): void;
}
