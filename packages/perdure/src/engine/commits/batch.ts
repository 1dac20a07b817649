import type { InstanceId, InstanceNo } from "../../model/ids.ts";
import type { AuditNote } from "../../store/audit.ts";
import type { ConsumedMail, GroupCommit, NewInstance, OutgoingMessage, Release, Stop } from "../../store/commit.ts";
import type { AnyOp, DeliverOp, StartOp } from "../calls/client-op.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";
import { noteGathered } from "../instances/mailbox.ts";
import type { RowExtra, Written } from "./instance-rows.ts";
import { InstanceRows } from "./instance-rows.ts";
import type { MailOf } from "./outgoing.ts";
import { Outgoing } from "./outgoing.ts";
import type { Claims, Effects, Identity, ResultOf, RowsWithEffects, SealedBatch, StartingActivity } from "./sealed-batch.ts";
import { keep, TaskRows } from "./task-rows.ts";

/**
 * What the worker gathers for its next group commit, and what becomes of it once that is durable. Nothing else writes what stands in here; what is
 * read of it is read only.
 */
export class Batch {
  readonly #rows = new InstanceRows();
  readonly #outgoing = new Outgoing();
  /** What becomes of task rows. */
  readonly tasks = new TaskRows();
  readonly #creates: NewInstance[] = [];
  readonly #releases: Release[] = [];
  readonly #stops: Stop[] = [];
  readonly #touched = new Set<ActiveInstance>();
  readonly #started: ActiveInstance[] = [];
  readonly #ended: ActiveInstance[] = [];
  readonly #activities: StartingActivity[] = [];
  readonly #startOps = new Map<InstanceNo, StartOp>();
  readonly #consumedOps: DeliverOp[] = [];
  readonly #consumedMail: MailOf[] = [];
  readonly #results: ResultOf[] = [];
  readonly #births = new Map<InstanceNo, ActiveInstance>();
  readonly #forgotten = new Set<InstanceNo>();
  #episodes = 0;
  #bytes = 0;
  #lostSends = 0;

  // --- what goes in ---

  /** A new instance; `instance`: in this worker's memory. `op`: the client that starts it. */
  create(row: NewInstance, instance: ActiveInstance | null, op: StartOp | null): void {
    this.#creates.push(row);
    if (op !== null) {
      this.#startOps.set(row.no, op);
      this.#bytes += row.start.input?.length ?? 0;
    }
    if (instance === null) return;
    this.#births.set(row.no, instance);
    this.touch(instance);
  }

  appendHistory(written: Written): void {
    if (written.events.length > 0) this.#bytes += this.#rows.append(written);
  }

  /** The instance's row as it stands now. */
  update(instance: ActiveInstance, at: number, extra?: RowExtra): void {
    this.touch(instance);
    this.#bytes += extra?.input?.length ?? 0;
    this.#rows.update(instance, at, extra);
  }

  /** A line of the audit, of an instance whose row changes. */
  note(instance: ActiveInstance, note: AuditNote): void {
    this.#rows.note(instance, note);
  }

  /** Something of the instance is not durable before this is. */
  touch(instance: ActiveInstance): void {
    if (this.#touched.has(instance)) return;
    this.#touched.add(instance);
    instance.entersBatch();
  }

  /** What came in is part of this batch: rows go, clients are answered once it is durable. */
  consume(instance: ActiveInstance, mail: readonly Mail[]): void {
    for (const item of mail) {
      noteGathered(item);
      if (item.op !== null) this.#consumedOps.push(item.op);
      else if (item.isVolatile) this.#results.push({ no: instance.no, message: item.message });
      else this.#consumedMail.push({ instance, mail: item });
    }
    if (mail.length > 0) this.touch(instance);
  }

  addEpisode(): void {
    this.#episodes += 1;
  }

  /** The first episode of an instance. */
  starts(instance: ActiveInstance): void {
    this.#started.push(instance);
  }

  ends(instance: ActiveInstance): void {
    this.#ended.push(instance);
    if (instance.end?.successor) this.#outgoing.passOn(instance);
  }

  send(message: OutgoingMessage, op: DeliverOp | null): void {
    this.#outgoing.send(message, op);
    if (message.message.kind === "event" || message.message.kind === "entityOp") this.#bytes += message.message.input?.length ?? 0;
  }

  /** Mail of one own instance to another. */
  addLocalMail(instance: ActiveInstance, mail: Mail): void {
    this.#outgoing.addLocal(instance, mail);
  }

  startActivity(activity: StartingActivity): void {
    this.#activities.push(activity);
  }

  release(instance: ActiveInstance, row: Release): void {
    this.#releases.push(row);
    this.touch(instance);
  }

  stop(instance: ActiveInstance, row: Stop): void {
    this.#stops.push(row);
    this.touch(instance);
  }

  // --- what is asked of it ---

  /**
   * A client's message that changed nothing has no row, and still needs a commit: what it found may be in a batch that is not durable yet (the second
   * of two suspends), and its answer comes with this one.
   */
  get isEmpty(): boolean {
    return (
      this.#rows.isEmpty &&
      this.#outgoing.isEmpty &&
      this.#creates.length === 0 &&
      this.#consumedMail.length === 0 &&
      this.#consumedOps.length === 0 &&
      this.tasks.isEmpty &&
      this.#releases.length === 0 &&
      this.#stops.length === 0
    );
  }

  get rows(): number {
    return this.#rows.count + this.#creates.length + this.#outgoing.rows.length + this.#consumedMail.length + this.tasks.added.length;
  }

  get episodes(): number {
    return this.#episodes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Instances that are born in here, into this worker's memory. */
  get births(): ReadonlyMap<InstanceNo, ActiveInstance> {
    return this.#births;
  }

  get activities(): readonly StartingActivity[] {
    return this.#activities;
  }

  /** Results that an episode in here consumed and that no row holds: kept if this is not written. */
  get results(): readonly ResultOf[] {
    return this.#results;
  }

  /** A run with this id ends in here. */
  endsId(instanceId: InstanceId): boolean {
    return this.#ended.some(({ state }) => state.instanceId === instanceId);
  }

  /** The instances whose rows or histories it changes. */
  written(): ReadonlySet<InstanceNo> {
    return this.#rows.written();
  }

  /** Starts and messages of clients: each can go by itself. */
  get separateOps(): number {
    return this.#startOps.size + this.#outgoing.ops.size;
  }

  /** Calls of clients that are answered when this is durable. */
  openOps(): readonly AnyOp[] {
    return [...this.#startOps.values(), ...this.#consumedOps, ...this.#outgoing.ops.values()];
  }

  /** For whom there is mail of other instances in here. */
  instancesWithMail(): readonly ActiveInstance[] {
    return this.#outgoing.withMail();
  }

  /** Freezes the batch: what the store is asked, and what is to leave after that. Called once. */
  seal(identity: Identity, n: number, token: string, follows: number, claims: Claims): SealedBatch {
    this.#outgoing.seal();
    const consumed: ConsumedMail[] = [];
    for (const { instance, mail } of this.#consumedMail) if (mail.seq !== null) consumed.push({ no: instance.no, seq: mail.seq });
    const rows = {
      ...this.#rowsWithEffects,
      ...this.#rows.sealed((no) => this.#births.has(no)),
      consumed,
      finishedTasks: this.tasks.finished,
      messages: this.#outgoing.rows,
      heartbeats: this.tasks.beats,
      givenBackTasks: this.tasks.givenBack,
      ended: this.#endedIds,
    };
    return { commit: { ...identity, n, token, follows, ...rows, ...claims }, effects: this.effects };
  }

  /** Of the lists as they are: what is taken out of the sealed batch ({@link forget}, {@link unsend}) is not in here either. */
  get effects(): Effects {
    return {
      ...this.#rowsWithEffects,
      touched: this.#touched,
      consumedMail: this.#consumedMail,
      births: this.#births,
      startOps: this.#startOps,
      started: this.#started,
      ended: this.#ended,
      activities: this.#activities,
      consumedOps: this.#consumedOps,
      sentOps: this.#outgoing.ops,
      rowsTo: this.#outgoing.rowsTo,
      recorded: this.#rows.recorded,
    };
  }

  /** Rows whose durability something waits for. */
  get #rowsWithEffects(): RowsWithEffects {
    const { cancelled: cancelTasks, added: newTasks } = this.tasks;
    return { creates: this.#creates, cancelTasks, newTasks, releases: this.#releases, stops: this.#stops };
  }

  get #endedIds(): readonly InstanceId[] {
    return this.#ended.map(({ state }) => state.instanceId);
  }

  /** Mail that became rows learns under which number. */
  learnSeqs(seqs: readonly (number | null)[]): void {
    this.#outgoing.learnSeqs(seqs);
  }

  /** It went out, its answer was lost, and the store did not say that something else was the cause. */
  sendWasLost(): void {
    this.#lostSends += 1;
  }

  get lostSends(): number {
    return this.#lostSends;
  }

  /** Takes out everything of instances that were born in a batch that was not written. */
  forget(nos: ReadonlySet<InstanceNo>): void {
    const isOther = (row: { readonly no: InstanceNo }) => !nos.has(row.no);
    this.#rows.forget(nos);
    this.tasks.keep(isOther);
    for (const rows of [this.#creates, this.#releases, this.#stops]) keep<{ readonly no: InstanceNo }>(rows, isOther);
    for (const rows of [this.#started, this.#ended]) keep(rows, isOther);
    for (const rows of [this.#activities, this.#consumedMail])
      keep<{ readonly instance: ActiveInstance }>(rows, ({ instance }) => isOther(instance));
    for (const no of nos) {
      this.#forgotten.add(no);
      this.#births.delete(no);
      this.#startOps.delete(no);
    }
    for (const instance of this.#touched) if (nos.has(instance.no)) this.#touched.delete(instance);
  }

  /** Takes messages of clients out that were to leave as rows. Gives those that it had. */
  unsend(ops: ReadonlySet<DeliverOp>): readonly DeliverOp[] {
    return this.#outgoing.unsend(ops);
  }

  /** Its worker is gone, and it was written: all its clients were answered but for those that start these. */
  answered(unanswered: ReadonlySet<InstanceNo>): void {
    for (const no of this.#startOps.keys()) if (!unanswered.has(no)) this.#startOps.delete(no);
    this.#consumedOps.splice(0);
    this.#outgoing.answered();
  }

  /** The sealed commit again, without what was taken out since; lists that it shares with this batch are without it already. */
  remaining(commit: GroupCommit): GroupCommit {
    const lives = ({ no }: { readonly no: InstanceNo }) => !this.#forgotten.has(no);
    if (this.#forgotten.size === 0) return commit;
    return {
      ...commit,
      history: commit.history.filter(lives),
      updates: commit.updates.filter(lives),
      consumed: commit.consumed.filter(lives),
      ended: this.#endedIds,
    };
  }
}
