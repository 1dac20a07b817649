import { nextWake } from "../../core/next-wake.ts";
import type { HistoryEvent, TaskScheduled } from "../../model/history.ts";
import type { Fence, InstanceId, InstanceNo, WorkerId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type {
  ClaimRequest,
  ClaimTasksRequest,
  ConsumedMail,
  FinishedTask,
  GroupCommit,
  HistoryAppend,
  InstanceUpdate,
  NewInstance,
  NewTask,
  OutgoingMessage,
  Release,
  Stop,
  TaskCancel,
  TaskHeartbeat,
} from "../../store/commit.ts";
import type { AnyOp, DeliverOp, StartOp } from "../clients/client-op.ts";
import type { ActiveInstance, RowContent } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";

/** Rows of one instance's history grow together up to this many characters, so that a busy instance does not write a row an episode. */
const HISTORY_ROW_CHARS = 64 * 1_024;

const isSameContent = (a: RowContent, b: RowContent): boolean =>
  a.nextWake === b.nextWake &&
  a.status === b.status &&
  a.customStatus === b.customStatus &&
  a.generation === b.generation &&
  a.executionId === b.executionId;

export interface Identity {
  readonly worker: WorkerId;
  readonly fence: Fence;
}

/** What the worker gathers for its next group commit, and what becomes of it once that is durable. */
export class Batch {
  readonly creates: NewInstance[] = [];
  readonly history: HistoryAppend[] = [];
  readonly updates = new Map<InstanceNo, InstanceUpdate>();
  readonly finishedTasks: FinishedTask[] = [];
  readonly messages: OutgoingMessage[] = [];
  /** Ids that messages of this batch are addressed to. */
  readonly rowsTo: InstanceId[] = [];
  readonly newTasks: NewTask[] = [];
  readonly heartbeats: TaskHeartbeat[] = [];
  readonly cancelTasks: TaskCancel[] = [];
  readonly releases: Release[] = [];
  readonly stops: Stop[] = [];

  /** Instances with changes in here. */
  readonly touched = new Set<ActiveInstance>();
  readonly started: ActiveInstance[] = [];
  readonly ended: ActiveInstance[] = [];
  /** Activities that may start once this is durable. */
  readonly activities: { readonly instance: ActiveInstance; readonly scheduled: TaskScheduled; readonly generation: number }[] = [];
  readonly startOps = new Map<InstanceNo, StartOp>();
  /** Client messages that an episode in here consumed. */
  readonly consumedOps: DeliverOp[] = [];
  /** Client messages that leave as rows, by index into `messages`. */
  readonly sentOps = new Map<number, DeliverOp>();
  readonly consumedMail: { readonly instance: ActiveInstance; readonly mail: Mail }[] = [];
  /** Results of activities that an episode in here consumed and that no row holds, and of which instances: kept if this is not written. */
  readonly results: Message[] = [];
  readonly resultsOf: ActiveInstance[] = [];
  readonly births = new Map<InstanceNo, ActiveInstance>();
  episodes = 0;
  bytes = 0;
  /** Times it went out without an answer and was not written. */
  lostSends = 0;
  #localMail: { readonly instance: ActiveInstance; readonly mail: Mail }[] = [];
  #sealedMail = new Map<number, { readonly instance: ActiveInstance; readonly mail: Mail }>();
  readonly #lastRow = new Map<InstanceNo, number>();
  readonly #forgotten = new Set<InstanceNo>();

  /**
   * A client's message that changed nothing has no row, and still needs a commit: what it found may be in a batch that is not durable yet (the second
   * of two suspends), and its answer comes with this one.
   */
  get isEmpty(): boolean {
    return (
      this.updates.size === 0 &&
      this.history.length === 0 &&
      this.creates.length === 0 &&
      this.messages.length === 0 &&
      this.#localMail.length === 0 &&
      this.consumedMail.length === 0 &&
      this.consumedOps.length === 0 &&
      this.finishedTasks.length === 0 &&
      this.newTasks.length === 0 &&
      this.heartbeats.length === 0 &&
      this.cancelTasks.length === 0 &&
      this.releases.length === 0 &&
      this.stops.length === 0
    );
  }

  get rows(): number {
    return this.history.length + this.updates.size + this.creates.length + this.messages.length + this.consumedMail.length;
  }

  appendHistory(instance: ActiveInstance, generation: number, firstSeq: number, events: readonly HistoryEvent[], at: number): void {
    if (events.length === 0) return;
    const text = JSON.stringify(events);
    this.bytes += text.length;
    const index = this.#lastRow.get(instance.no);
    const last = index === undefined ? undefined : this.history[index];
    if (
      index !== undefined &&
      last !== undefined &&
      last.generation === generation &&
      last.events.length + text.length <= HISTORY_ROW_CHARS
    ) {
      this.history[index] = { ...last, count: last.count + events.length, events: `${last.events.slice(0, -1)},${text.slice(1)}`, at };
      return;
    }
    this.#lastRow.set(instance.no, this.history.length);
    const expectedVersion = instance.version;
    this.history.push({ no: instance.no, expectedVersion, generation, firstSeq, count: events.length, events: text, at });
  }

  /**
   * The instance's row as it stands now; none when nothing in it changes but the time, which the history row of the episode says as well.
   * Several episodes in one batch are one update.
   */
  update(instance: ActiveInstance, at: number, extra?: Pick<InstanceUpdate, "input" | "completed">): void {
    const { no, state } = instance;
    const earlier = this.updates.get(no);
    const content: RowContent = {
      generation: state.generation,
      executionId: state.executionId,
      status: state.status,
      customStatus: state.customStatus,
      nextWake: nextWake(state, instance.rowTasks),
    };
    this.touch(instance);
    if (earlier === undefined) {
      if (extra === undefined && instance.crashes === 0 && instance.row !== null && isSameContent(instance.row, content)) return;
    }
    instance.rowChanges(content, earlier !== undefined);
    const expectedVersion = earlier?.expectedVersion ?? instance.version - 1;
    const row: InstanceUpdate = { no, expectedVersion, version: instance.version, ...content, updatedAt: at };
    const kept = earlier?.input === undefined ? extra : { input: earlier.input, ...extra };
    this.updates.set(no, kept === undefined ? row : { ...row, ...kept });
  }

  /** The instances whose rows or histories it changes. */
  written(): ReadonlySet<InstanceNo> {
    return new Set([...this.updates.keys(), ...this.history.map(({ no }) => no)]);
  }

  touch(instance: ActiveInstance): void {
    if (this.touched.has(instance)) return;
    this.touched.add(instance);
    instance.entersBatch();
  }

  /** Mail of one own instance to another: consumed by an episode of this batch, or a row of it (the seal rule, docs/design/ownership.md 1). */
  addLocalMail(instance: ActiveInstance, mail: Mail): void {
    this.#localMail.push({ instance, mail });
  }

  send(message: OutgoingMessage, op: DeliverOp | null): void {
    if ("instanceId" in message.to) this.rowsTo.push(message.to.instanceId);
    if (op !== null) this.sentOps.set(this.messages.length, op);
    this.messages.push(message);
  }

  /** Calls of clients that are answered when this is durable. */
  openOps(): readonly AnyOp[] {
    return [...this.startOps.values(), ...this.consumedOps, ...this.sentOps.values()];
  }

  holds(op: AnyOp): boolean {
    return this.openOps().includes(op);
  }

  noOf(op: StartOp): InstanceNo | undefined {
    for (const [no, known] of this.startOps) if (known === op) return no;
    return undefined;
  }

  hasMailFor(instance: ActiveInstance): boolean {
    const isFor = (entry: { readonly instance: ActiveInstance }) => entry.instance === instance;
    return this.#localMail.some(isFor) || [...this.#sealedMail.values()].some(isFor);
  }

  /** Takes out everything of an instance that was born in a batch which nobody has written. */
  forget(no: InstanceNo): void {
    const isOther = (row: { readonly no: InstanceNo }) => row.no !== no;
    for (const rows of [this.creates, this.history, this.finishedTasks, this.newTasks, this.heartbeats, this.cancelTasks])
      keep<{ readonly no: InstanceNo }>(rows, isOther);
    for (const rows of [this.releases, this.stops]) keep<{ readonly no: InstanceNo }>(rows, isOther);
    for (const rows of [this.started, this.ended]) keep(rows, isOther);
    for (const rows of [this.activities, this.consumedMail])
      keep<{ readonly instance: ActiveInstance }>(rows, ({ instance }) => isOther(instance));
    this.#forgotten.add(no);
    this.updates.delete(no);
    this.births.delete(no);
    this.startOps.delete(no);
    for (const instance of this.touched) if (instance.no === no) this.touched.delete(instance);
    this.#lastRow.clear();
    for (const [index, row] of this.history.entries()) this.#lastRow.set(row.no, index);
  }

  /** Takes a client's message out that was to leave as a row. */
  unsend(op: DeliverOp): boolean {
    const at = [...this.sentOps].find(([, sent]) => sent === op)?.[0];
    if (at === undefined) return false;
    this.messages.splice(at, 1);
    this.sentOps.delete(at);
    shiftDown(this.sentOps, at);
    shiftDown(this.#sealedMail, at);
    this.rowsTo.splice(this.rowsTo.indexOf(op.instanceId), 1);
    return true;
  }

  /** The sealed commit again, without what was taken out since; lists that it shares with this batch are without it already. */
  remaining(commit: GroupCommit): GroupCommit {
    const lives = ({ no }: { readonly no: InstanceNo }) => !this.#forgotten.has(no);
    if (this.#forgotten.size === 0) return commit;
    const { history, updates, consumed } = commit;
    const ended = this.ended.map(({ state }) => state.instanceId);
    return { ...commit, history: history.filter(lives), updates: updates.filter(lives), consumed: consumed.filter(lives), ended };
  }

  /** Freezes the batch as what the store is asked. Called once. */
  seal(identity: Identity, n: number, token: string, follows: number, claims: Claims): GroupCommit {
    for (const entry of this.#localMail) {
      if (entry.mail.gathered) continue;
      this.#sealedMail.set(this.messages.length, entry);
      entry.instance.mailbox.becomesRow();
      this.messages.push({ to: { no: entry.instance.no }, message: entry.mail.message });
    }
    this.#localMail = [];
    const consumed: ConsumedMail[] = [];
    for (const { instance, mail } of this.consumedMail) if (mail.seq !== null) consumed.push({ no: instance.no, seq: mail.seq });
    const { creates, finishedTasks, messages, newTasks, heartbeats, cancelTasks, releases, stops } = this;
    const history = this.history.map((row) =>
      this.updates.has(row.no) || this.births.has(row.no) ? { ...row, expectedVersion: null } : row,
    );
    const updates = [...this.updates.values()];
    const ended = this.ended.map(({ state }) => state.instanceId);
    const rest = { newTasks, heartbeats, cancelTasks, releases, stops, ended, ...claims };
    return { ...identity, n, token, follows, creates, history, updates, consumed, finishedTasks, messages, ...rest };
  }

  /** Mail that became rows learns under which number, so that a later batch can take it out of the inbox again. */
  learnSeqs(seqs: readonly (number | null)[]): void {
    for (const [index, { instance, mail }] of this.#sealedMail) {
      instance.mailbox.becameRow(mail, seqs[index] ?? null);
    }
  }
}

function keep<Row>(rows: Row[], isKept: (row: Row) => boolean): void {
  const kept = rows.filter(isKept);
  if (kept.length < rows.length) rows.splice(0, rows.length, ...kept);
}

/** What lies behind a place that was taken out moves up by one. */
function shiftDown<Value>(map: Map<number, Value>, from: number): void {
  const moved = [...map].map(([index, value]) => [index > from ? index - 1 : index, value] as const);
  map.clear();
  for (const [index, value] of moved) map.set(index, value);
}

export interface Claims {
  readonly claim: ClaimRequest | null;
  readonly claimTasks: ClaimTasksRequest | null;
}

export const NO_CLAIMS: Claims = { claim: null, claimTasks: null };
