import type { InstanceId } from "../../model/ids.ts";
import type { OutgoingMessage } from "../../store/commit.ts";
import { generationOf } from "../../store/wake.ts";
import type { DeliverOp } from "../calls/client-op.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";
import { keep } from "./task-rows.ts";

/** Mail and whose it is. */
export interface MailOf {
  readonly instance: ActiveInstance;
  readonly mail: Mail;
}

/** The messages that one batch writes into inboxes. */
export class Outgoing {
  readonly #rows: OutgoingMessage[] = [];
  readonly #rowsTo: InstanceId[] = [];
  /** By index into the rows. */
  readonly #ops = new Map<number, DeliverOp>();
  #local: MailOf[] = [];
  readonly #sealed = new Map<number, MailOf>();

  get isEmpty(): boolean {
    return this.#rows.length === 0 && this.#local.length === 0;
  }

  get rows(): readonly OutgoingMessage[] {
    return this.#rows;
  }

  /** Ids that rows are addressed to. */
  get rowsTo(): readonly InstanceId[] {
    return this.#rowsTo;
  }

  /** Messages of clients that leave as rows. */
  get ops(): ReadonlyMap<number, DeliverOp> {
    return this.#ops;
  }

  send(message: OutgoingMessage, op: DeliverOp | null): void {
    if ("instanceId" in message.to) this.#rowsTo.push(message.to.instanceId);
    if (op !== null) this.#ops.set(this.#rows.length, op);
    this.#rows.push(message);
  }

  /** Mail of one own instance to another: consumed by an episode of this batch, or a row of it (the seal rule, docs/design/ownership.md 1). */
  addLocal(instance: ActiveInstance, mail: Mail): void {
    this.#local.push({ instance, mail });
  }

  /**
   * Another run takes the place of this one in this batch. What waits for it lies behind that start: it is for the next run, but for answers to its calls.
   * It goes before anything that its senders say to that id from now on.
   */
  passOn({ no, state: { instanceId } }: ActiveInstance): void {
    const isForNext = ({ instance, mail }: MailOf) => instance.no === no && !mail.gathered && generationOf(mail.message) === null;
    for (const { mail } of this.#local.filter(isForNext)) this.#rows.push({ to: { instanceId }, message: mail.message });
    keep(this.#local, (entry) => !isForNext(entry));
  }

  seal(): void {
    for (const entry of this.#local) {
      if (entry.mail.gathered) continue;
      this.#sealed.set(this.#rows.length, entry);
      entry.instance.mailbox.becomesRow();
      this.#rows.push({ to: { no: entry.instance.no }, message: entry.mail.message });
    }
    this.#local = [];
  }

  /** Mail that became rows learns under which number, so that a later batch can take it out of the inbox again. */
  learnSeqs(seqs: readonly (number | null)[]): void {
    for (const [index, { instance, mail }] of this.#sealed) instance.mailbox.becameRow(mail, seqs[index] ?? null);
  }

  /** For whom there is mail of other instances. */
  withMail(): readonly ActiveInstance[] {
    return [...this.#local, ...this.#sealed.values()].map(({ instance }) => instance);
  }

  /** Takes messages of clients out. Gives those that it had. */
  unsend(ops: ReadonlySet<DeliverOp>): readonly DeliverOp[] {
    const unsent = new Map([...this.#ops].filter(([, op]) => ops.has(op)));
    if (unsent.size === 0) return [];
    const places = new Map<number, number>();
    const kept = this.#rows.filter((_row, index) => {
      if (unsent.has(index)) return false;
      places.set(index, places.size);
      return true;
    });
    this.#rows.splice(0, this.#rows.length, ...kept);
    moveTo(this.#ops, places);
    moveTo(this.#sealed, places);
    const isUnsent = new Map<InstanceId, number>();
    for (const { instanceId } of unsent.values()) isUnsent.set(instanceId, (isUnsent.get(instanceId) ?? 0) + 1);
    keep(this.#rowsTo, (id) => {
      const left = isUnsent.get(id) ?? 0;
      if (left > 0) isUnsent.set(id, left - 1);
      return left === 0;
    });
    return [...unsent.values()];
  }

  answered(): void {
    this.#ops.clear();
  }
}

/** By the new index of each; what has none is gone. */
function moveTo<Value>(map: Map<number, Value>, places: ReadonlyMap<number, number>): void {
  const entries = [...map];
  map.clear();
  for (const [index, value] of entries) {
    const place = places.get(index);
    if (place !== undefined) map.set(place, value);
  }
}
