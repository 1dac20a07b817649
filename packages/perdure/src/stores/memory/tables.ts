import type { InstanceId, InstanceNo, WorkerId } from "../../model/ids.ts";
import { slotId } from "../../model/slot.ts";
import { isTerminal } from "../../model/status.ts";
import type { AuditRow } from "../../store/audit.ts";
import type { CommitReceipt } from "../../store/commit.ts";
import type { HistoryChunk, InboxRow, InstanceRow, TaskRow, WorkerRow } from "../../store/rows.ts";

export interface StoredMail extends InboxRow {
  readonly worker: WorkerId | null;
  readonly dedupId: string | null;
}

export interface Marker {
  readonly token: string;
  readonly receipt: CommitReceipt;
}

interface TaskName {
  readonly no: InstanceNo;
  readonly generation: number;
  readonly eventId: number;
}

const EMPTY: readonly never[] = [];

/** A broken rule of the store contract: a defect of the caller, never a matter of data or of luck. */
export function breach(text: string): never {
  throw new Error(`Store contract broken: ${text}`);
}

/**
 * The rows of the task hub. Rows are immutable values that are replaced; every change notes how to undo it, so a transaction that
 * throws leaves nothing behind.
 */
export class Tables {
  readonly instances = new Map<InstanceNo, InstanceRow>();
  readonly byId = new Map<InstanceId, InstanceNo>();
  readonly byOwner = new Map<WorkerId, Set<InstanceNo>>();
  /** Unowned rows with a `wakeAt`. */
  readonly waking = new Set<InstanceNo>();
  readonly history = new Map<InstanceNo, HistoryChunk[]>();
  readonly inbox = new Map<InstanceNo, readonly StoredMail[]>();
  /** Events of instances that have failed: no look passes over them. */
  readonly unread = new Map<InstanceNo, readonly StoredMail[]>();
  /** By instance, then by key: a fan-out has thousands of one instance. */
  readonly tasks = new Map<InstanceNo, Map<string, TaskRow>>();
  readonly workers = new Map<WorkerId, WorkerRow>();
  /** The token of a worker's last new fence. */
  readonly refencedBy = new Map<WorkerId, string>();
  readonly markers = new Map<WorkerId, Map<number, Marker>>();
  /** Ids of slots of which some may be free, or asked for, since this transaction began. */
  readonly openSlots = new Set<string>();
  /** Instances that may have history of earlier generations. Not undone with a transaction: a reader sees whether it is so. */
  readonly outgrown = new Set<InstanceNo>();
  readonly audit = new Map<number, AuditRow>();
  /** Which line of the audit counts how often an instance has continued as new. */
  readonly loops = new Map<InstanceNo, number>();
  #last = Number.NEGATIVE_INFINITY;
  #undo: (() => void)[] | null = null;
  readonly #clock: () => number;
  readonly #counters = { instance: 1, worker: 1, fence: 1, seq: 1, audit: 1 };

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Store time: the clock, but never back. */
  now(): number {
    this.#last = Math.max(this.#last, Math.trunc(this.#clock()));
    return this.#last;
  }

  /** Counters are not undone: a number is never given twice. */
  next(counter: "instance" | "worker" | "fence" | "seq" | "audit", count = 1): number {
    const first = this.#counters[counter];
    this.#counters[counter] += count;
    return first;
  }

  transaction<Result>(work: () => Result): Result {
    const undo: (() => void)[] = [];
    this.#undo = undo;
    this.openSlots.clear();
    try {
      return work();
    } catch (error) {
      for (const back of undo.reverse()) back();
      throw error;
    } finally {
      this.#undo = null;
    }
  }

  mailOf(no: InstanceNo): readonly StoredMail[] {
    return this.inbox.get(no) ?? EMPTY;
  }

  unreadOf(no: InstanceNo): readonly StoredMail[] {
    return this.unread.get(no) ?? EMPTY;
  }

  tasksOf(no: InstanceNo): readonly TaskRow[] {
    return [...(this.tasks.get(no)?.values() ?? EMPTY)];
  }

  findTask(key: TaskName): TaskRow | undefined {
    return this.tasks.get(key.no)?.get(taskKey(key));
  }

  putTask(row: TaskRow): void {
    const tasks = this.tasks.get(row.no) ?? new Map<string, TaskRow>();
    if (tasks.size === 0) this.set(this.tasks, row.no, tasks);
    this.set(tasks, taskKey(row), row);
  }

  dropTask(row: TaskRow): void {
    const tasks = this.tasks.get(row.no);
    if (tasks === undefined) return;
    this.#opensSlot(row);
    this.set(tasks, taskKey(row), undefined);
    if (tasks.size === 0) this.set(this.tasks, row.no, undefined);
  }

  ownedBy(worker: WorkerId): readonly InstanceNo[] {
    return [...(this.byOwner.get(worker) ?? EMPTY)].sort((a, b) => a - b);
  }

  find(id: InstanceId): InstanceRow | undefined {
    const no = this.byId.get(id);
    return no === undefined ? undefined : this.instances.get(no);
  }

  putInstance(row: InstanceRow): void {
    checkState(row);
    const before = this.instances.get(row.no);
    if (before !== undefined && !isNextVersion(before, row)) breach(`version ${row.version} of ${row.no} was written before`);
    this.#replaceInstance(row.no, row);
    this.#note(() => this.#replaceInstance(row.no, before));
  }

  /** Of an instance that has ended: its version rises, and no owner writes it. */
  reopenInstance(row: InstanceRow): void {
    checkState(row);
    const before = this.instances.get(row.no);
    this.#replaceInstance(row.no, row);
    this.#note(() => this.#replaceInstance(row.no, before));
  }

  /** The row with everything that belongs to it. */
  dropInstance(no: InstanceNo): void {
    const before = this.instances.get(no);
    this.#replaceInstance(no, undefined);
    this.#note(() => this.#replaceInstance(no, before));
    this.set(this.history, no, undefined);
    this.set(this.inbox, no, undefined);
    this.set(this.unread, no, undefined);
    for (const task of this.tasksOf(no)) this.#opensSlot(task);
    this.set(this.tasks, no, undefined);
  }

  #opensSlot({ name, slot }: TaskRow): void {
    if (slot !== undefined) this.openSlots.add(slotId(name, slot.key));
  }

  /** An episode that changes nothing in the row but its time. */
  touchInstance(row: InstanceRow, at: number): void {
    this.#replaceInstance(row.no, { ...row, updatedAt: at });
    this.#note(() => this.#replaceInstance(row.no, row));
  }

  /** False: that position was written before. */
  appendHistory(no: InstanceNo, chunk: HistoryChunk): boolean {
    const chunks = this.history.get(no) ?? [];
    const last = chunks.at(-1);
    const expected = last === undefined || last.generation < chunk.generation ? 0 : last.firstSeq + last.count;
    if (last !== undefined && last.generation === chunk.generation && chunk.firstSeq < expected) return false;
    if (chunk.firstSeq !== expected) breach(`history of ${no} continues at ${expected}, not at ${chunk.firstSeq}`);
    if (last !== undefined && last.generation > chunk.generation) breach(`history of ${no} falls back to generation ${chunk.generation}`);
    this.history.set(no, chunks);
    chunks.push(chunk);
    this.#note(() => chunks.pop());
    return true;
  }

  set<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | undefined): void {
    const before = map.get(key);
    if (value === undefined) map.delete(key);
    else map.set(key, value);
    this.#note(() => (before === undefined ? map.delete(key) : map.set(key, before)));
  }

  #note(back: () => void): void {
    this.#undo?.push(back);
  }

  #replaceInstance(no: InstanceNo, row: InstanceRow | undefined): void {
    const before = this.instances.get(no);
    if (before !== undefined) {
      if (this.byId.get(before.instanceId) === no) this.byId.delete(before.instanceId);
      if (before.owner !== null) this.byOwner.get(before.owner)?.delete(no);
      this.waking.delete(no);
      this.instances.delete(no);
    }
    if (row === undefined) return;
    const other = this.byId.get(row.instanceId);
    if (other !== undefined && other !== no) breach(`instance id "${row.instanceId}" is taken by ${other}`);
    this.instances.set(no, row);
    this.byId.set(row.instanceId, no);
    if (row.wakeAt !== null) this.waking.add(no);
    if (row.owner === null) return;
    const owned = this.byOwner.get(row.owner);
    if (owned === undefined) this.byOwner.set(row.owner, new Set([no]));
    else owned.add(no);
  }
}

const taskKey = (key: Omit<TaskName, "no">) => `${key.generation}:${key.eventId}`;

/** Each version is written once; only waking a sleeping row keeps it, since that decides nothing. */
function isNextVersion(before: InstanceRow, row: InstanceRow): boolean {
  return before.owner === null && row.owner === null ? row.version === before.version : row.version > before.version;
}

/** Every row is in exactly one state of docs/design/ownership.md 2. */
function checkState(row: InstanceRow): void {
  const { no, owner, wakeAt, nextWake, stopped, completedAt, status } = row;
  if (owner !== null && wakeAt !== null) breach(`${no} is owned and has a wake time`);
  if (stopped !== null && (owner !== null || wakeAt !== null)) breach(`${no} is stopped and in circulation`);
  if ((completedAt !== null) !== isTerminal(status)) breach(`${no} is ${status} with completedAt ${completedAt}`);
  if (completedAt !== null && (owner !== null || wakeAt !== null || nextWake !== null)) breach(`${no} is done and not at rest`);
}
