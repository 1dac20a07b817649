import type { FunctionNames, QueueKeys } from "../model/function-kind.ts";
import type { NameKey } from "../model/function-name.ts";
import type { ExecutionId, Fence, InstanceId, InstanceNo, WorkerId } from "../model/ids.ts";
import type { Message } from "../model/message.ts";
import type { StartSpec } from "../model/start.ts";
import type { RuntimeStatus } from "../model/status.ts";
import type { Versions } from "../model/versions.ts";
import type { Audit, AuditNote, AuditRow } from "./audit.ts";
import type { Backlog } from "./backlog.ts";
import type { CommitReceipt, GroupCommit, OutgoingMessage } from "./commit.ts";
import type { Reopening, StartWithHistory } from "./edits.ts";
import type { EndedSince, EndsPlace } from "./ends.ts";
import type { EntityPage, EntityQuery } from "./entities.ts";
import type { HistoryRange, HistoryRangeParams } from "./history-range.ts";
import type { LiveBus } from "./live-bus.ts";
import type { PurgeParams, PurgeReceipt } from "./purge.ts";
import type { CountQuery, InstanceCount, InstancePage, InstanceQuery, Payloads } from "./queries.ts";
import type { HistoryChunk, InboxRow, InstanceRow, LoadedInstance, StopReason, TaskRow, WorkerLoad, WorkerRow } from "./rows.ts";
import type { SweepReceipt } from "./sweep.ts";
import type { Waiting } from "./wake.ts";

/**
 * What the engine asks of a database. A store keeps rows and enforces fences, owners and versions; it never decides what an
 * orchestration does. Every method is one transaction. Methods reject with StoreRefusalError (errors.ts); any other rejection is
 * treated as an unknown outcome. All times are ms since 1970 on the store's clock, which never goes back.
 */
export interface Store {
  readonly capabilities: StoreCapabilities;

  // --- workers (docs/design/ownership.md 4) ---
  join(params: JoinParams): Promise<JoinReceipt>;
  /** Rejects `fenced` when the worker is dead. */
  renew(params: RenewParams): Promise<{ readonly now: number }>;
  /**
   * Waits out a commit in flight, shuts out one that has not begun, gives a new fence. Rejects `fenced` when the row is gone or dead, or has
   * another fence; but not when that was given to the same `token`, whose answer was lost then.
   */
  refence(params: RefenceParams): Promise<{ readonly fence: Fence; readonly now: number }>;
  /**
   * The token under which batch `n` of this worker was committed, with the receipt that was given for it, or null when it was not
   * committed. The receipt is kept in the marker row (markers of a worker's last 1,000 batches stay), so that a lost answer loses nothing.
   */
  readMarker(params: {
    readonly worker: WorkerId;
    readonly n: number;
  }): Promise<{ readonly token: string; readonly receipt: CommitReceipt } | null>;
  /** A worker that has released all it owned goes: as death, not counted as a crash. */
  leave(params: { readonly worker: WorkerId; readonly fence: Fence }): Promise<void>;
  readWorkers(): Promise<{ readonly now: number; readonly workers: readonly WorkerRow[] }>;
  /**
   * True when the worker was declared dead: fence and renewals are as seen, and its lease has expired by the store's clock. A store that can
   * prove that the process is gone (`WorkerRow.provenDead`) checks that again and does not wait for the lease.
   */
  declareDead(params: { readonly worker: WorkerId; readonly fence: Fence; readonly renewals: number }): Promise<boolean>;
  /** Frees up to `limit` instances of a dead worker, then its tasks, then its tombstone. `done` when nothing is left. */
  takeOver(params: { readonly dead: WorkerId; readonly limit: number }): Promise<{ readonly freed: number; readonly done: boolean }>;
  /** A block of `count` instance numbers, never given again. */
  reserveNumbers(count: number): Promise<{ readonly first: number; readonly count: number }>;

  // --- the worker's one ordered stream ---
  commit(batch: GroupCommit): Promise<CommitReceipt>;

  // --- reads of a worker; they hold no lock ---
  /** Unknown numbers are left out. One snapshot. */
  load(nos: readonly InstanceNo[]): Promise<readonly LoadedInstance[]>;
  /** History of the current generation of one instance (a cursor was lost). */
  loadHistory(no: InstanceNo, generation: number): Promise<readonly HistoryChunk[]>;
  loadTasks(
    keys: readonly { readonly no: InstanceNo; readonly generation: number; readonly eventId: number }[],
  ): Promise<readonly TaskRow[]>;
  /** Numbers and versions of what this worker owns in the store: compared with its memory by the sweep. */
  readOwned(worker: WorkerId): Promise<readonly { readonly no: InstanceNo; readonly version: number }[]>;
  /** What there is for this worker to do: its mail, and when something is to be claimed. One call, since an idle worker makes no other. */
  look(params: LookParams): Promise<Look>;

  /**
   * Keys of unowned instances that are due and of free tasks that are due: by these a worker finds calls to functions that no worker has. Index steps
   * for each key and version, however many rows are due.
   */
  readWaiting(): Promise<Waiting>;
  /** How much waits under each name, counted up to `cap`, for people. Index steps for each key and version, and rows up to the cap. */
  readBacklog(params: { readonly cap: number }): Promise<Backlog>;
  /** Who holds the slots of that id, up to `atMost` of them, in the order in which they got them. */
  readSlotHolders(params: { readonly slotId: string; readonly atMost: number }): Promise<SlotHolders>;

  // --- clients (docs/design/ownership.md 5) ---
  start(params: ClientStart): Promise<StartReceipt | RunInTheWay>;
  deliver(params: Delivery): Promise<DeliverReceipt>;
  /**
   * An instance that has ended lives again, and is ready at once: not completed, without output, Running, in the next generation, which has this history. Its
   * task rows go; of its mail the events stay that it had not taken, and starts in its place. `changed`: its row is not as it was seen, or is gone; nothing was done.
   */
  reopen(params: Reopening): Promise<"reopened" | "changed">;
  /** As `start` with `error`, in one transaction with the history of its first generation. */
  startWithHistory(params: StartWithHistory): Promise<StartReceipt | RunInTheWay>;
  /** `payloads`: what of it is read; the rest is null in the row. Absent: all. */
  getInstance(instanceId: InstanceId, payloads?: Payloads): Promise<InstanceRow | null>;
  /** Those of them that there are, in any order. */
  readInstances(instanceIds: readonly InstanceId[], payloads?: Payloads): Promise<readonly InstanceRow[]>;
  /**
   * Which instances have ended since an earlier answer, in whatever process. `since`: `upTo` of that answer; null: none yet, which gives only the
   * place to ask from. One range of an index, however many instances there are. Each end is told about once: those of the moment of an answer may be
   * told by the next as well. A store whose transactions become visible in another order than that of their times may miss one that took longer
   * than {@link LATE_COMMIT_MS}.
   */
  readEnded(since: EndsPlace | null): Promise<EndedSince>;
  query(query: InstanceQuery): Promise<InstancePage>;
  count(query: CountQuery): Promise<InstanceCount>;
  readEntities(query: EntityQuery): Promise<EntityPage>;
  /**
   * `start` and `deliver` on the caller's own connection, in the transaction that is open there: what they do exists exactly if that commits.
   * Absent in stores that cannot. There is no hint, since it is not known when it commits: workers find it when they look next. A message creates
   * no target there, since every batch with a message to the same new id would wait for the caller: it is kept, and the next look delivers it.
   */
  readonly within?: (transaction: CallerTransaction) => Pick<Store, "start" | "deliver">;
  /** Full history of the current generation, with what was committed last. Empty for an unknown instance. */
  readHistory(instanceId: InstanceId): Promise<readonly HistoryChunk[]>;
  /** Part of a history, however long that is: one range of an index. One snapshot. */
  readHistoryRange(params: HistoryRangeParams): Promise<HistoryRange>;
  /** Terminal instances only; anything else is left alone, and so is one that has accepted a start in its place (docs/design/ownership.md 2). */
  purge(params: PurgeParams): Promise<PurgeReceipt>;

  /** What ended histories, and what began in another way than by a start. */
  readonly audit: Audit;

  // --- upkeep ---
  /** docs/design/ownership.md 9. `repaired` must be 0 in every test. */
  sweep(): Promise<SweepReceipt>;
  /**
   * Stopped instances whose cure may be this code become ready. Returns how many. Of one stopped for crashes its version is noted (`poisonCodeVersions`), so that it is
   * tried once.
   */
  resumeForCode(code: CodeParams): Promise<number>;
  /** For instances that have come from another store: when they ended there. Of those that have not ended nothing is changed. */
  dateEnds(ends: readonly EndedAt[]): Promise<void>;
  /** What the database itself finds wrong with its file, in words; empty when nothing is. Absent in stores that have no file of their own. */
  readonly integrity?: () => Promise<readonly string[]>;
  /**
   * Copies the whole store, as it is at one moment, to a new file, while others use it. Rejects with the system's error when the file cannot be written;
   * then there is none. Absent in stores that have no file of their own.
   */
  readonly backUp?: (path: string) => Promise<void>;
  /** Every row, for the invariants checker and `perdure verify`. One snapshot. */
  dump(): Promise<StoreDump>;
  /** Called when there may be something for a worker to do that another process did (a hint, never a promise). Returns the way to stop it. */
  onForeignChange(listener: () => void): () => void;
  /** Called when instances have ended, in whatever process (a hint): with their ids, or null where it is not known whose. Returns the way to stop it. */
  onEnds(listener: (ended: EndedInstances) => void): () => void;
  /** Absent in stores of one process. */
  readonly live?: LiveBus;
  close(): Promise<void>;
}

/** A connection of the caller's own with an open transaction, as `pg`'s `Client` and `PoolClient` are. */
export interface CallerTransaction {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** A message from a client; see {@link OutgoingMessage}. */
export interface Delivery extends Pick<OutgoingMessage, "orCreate"> {
  readonly instanceId: InstanceId;
  readonly message: Message;
}

export interface EndedAt {
  readonly no: InstanceNo;
  /** ms since 1970. */
  readonly at: number;
}

export type EndedInstances = readonly InstanceId[] | null;

export interface StoreCapabilities {
  /** "memory", "sqlite", … for messages and logs. */
  readonly name: string;
  readonly durable: boolean;
  /** Several processes may use it at once. */
  readonly shared: boolean;
  /** Where the data is, as a person would name it; for start-up output. */
  readonly location: string;
}

export interface LookParams {
  readonly worker: WorkerId;
  /** What it could claim; `versions` as in {@link ClaimRequest}. */
  readonly keys: QueueKeys;
  readonly versions?: Versions;
  /** Instances of its own whose mail is not read now: enough of it is in memory. Absent: none. */
  readonly without?: readonly InstanceNo[];
}

export interface Look extends NextWakes {
  readonly now: number;
  /** All inbox rows of instances that this worker owns, but for those `without` mail, in order of (no, seq). Never by a `seq >` cursor (docs/design/ownership.md 5). */
  readonly mail: readonly InboxRow[];
}

/** Earliest `wake_at` of unowned instances and of free tasks with one of these keys; null when there is none. */
export interface NextWakes {
  readonly instanceAt: number | null;
  /** Of suspects (`suspicionOf`), which are not among the others. */
  readonly suspectAt: number | null;
  readonly taskAt: number | null;
}

export interface JoinParams {
  readonly leaseMs: number;
  readonly functions: FunctionNames;
  /** Who it is, for people: host name, pid. */
  readonly host: string;
}

export interface CodeParams {
  /** Of the instances that this code may run. */
  readonly keys: readonly NameKey[];
  /** Null: unknown, so what only different code may resume stays stopped ({@link StopReason}). */
  readonly codeVersion: string | null;
}

export interface RefenceParams {
  readonly worker: WorkerId;
  readonly fence: Fence;
  /** Of the caller's choice, and never that of another call, but for its repeats. */
  readonly token: string;
}

export interface RenewParams {
  readonly worker: WorkerId;
  readonly fence: Fence;
  readonly leaseMs: number;
  /** Absent: as it was. */
  readonly load?: WorkerLoad;
  /** What it can run now; absent: as it was. */
  readonly functions?: FunctionNames;
}

export interface JoinReceipt {
  readonly worker: WorkerId;
  readonly fence: Fence;
  readonly now: number;
}

export interface ClientStart {
  readonly start: StartSpec;
  /**
   * `error`: a live instance is a conflict, a terminal one is replaced. `replace`: a live one gets a replace message for its owner.
   * `attach`: any existing one is left alone. A start that a run had accepted in its place when it ended comes first.
   */
  readonly onExisting: "error" | "replace" | "attach";
  /**
   * `startId` of the run that may be replaced; absent: none. A start that was long on its way must not replace a run which its caller has started
   * meanwhile by another process, so a run is replaced only by those who have seen it (`startInstance`).
   */
  readonly replaces?: ExecutionId;
  /** Leaves a line: of the run that this one takes the place of, or of this one. Absent: only a run that is replaced leaves one. */
  readonly note?: AuditNote;
}

/** Nothing was done: a run other than `replaces` would have to give way. */
export interface RunInTheWay {
  readonly outcome: "inTheWay";
  readonly startId: ExecutionId;
}

export interface StartReceipt {
  /** `existing`: attach found one · `conflict`: a live one is in the way · `replacing`: the owner will do it. A start that finds its own
   * execution id is `started`. */
  readonly outcome: "started" | "existing" | "conflict" | "replacing";
  readonly status: RuntimeStatus | null;
  readonly executionId: ExecutionId | null;
}

export interface DeliverReceipt {
  readonly outcome: "delivered" | "notFound" | "done";
  readonly status: RuntimeStatus | null;
}

export interface SlotHolders {
  readonly count: number;
  readonly holders: readonly InstanceId[];
}

export interface StoreDump {
  readonly now: number;
  readonly instances: readonly InstanceRow[];
  readonly history: readonly (HistoryChunk & { readonly no: InstanceNo })[];
  readonly inbox: readonly (InboxRow & { readonly worker: WorkerId | null })[];
  /** Events that instances had accepted when they failed, as the sweep has put them aside: {@link Store.reopen} gives them back. */
  readonly unread: readonly InboxRow[];
  /** Messages from transactions of callers to entities that do not exist yet; absent on stores that make the row there and then. */
  readonly keptMail?: readonly { readonly instanceId: InstanceId; readonly message: Message }[];
  readonly tasks: readonly TaskRow[];
  readonly workers: readonly WorkerRow[];
  /** In order. */
  readonly audit: readonly AuditRow[];
}
