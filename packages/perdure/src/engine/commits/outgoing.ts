import type { InstanceId } from "../../model/ids.ts";
import type { OutgoingMessage } from "../../store/commit.ts";
import type { DeliverOp } from "../clients/client-op.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";

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

  hasMailFor(instance: ActiveInstance): boolean {
    const isFor = (entry: MailOf) => entry.instance === instance;
    return this.#local.some(isFor) || [...this.#sealed.values()].some(isFor);
  }

  /** Takes a client's message out. */
  unsend(op: DeliverOp): boolean {
    const at = [...this.#ops].find(([, sent]) => sent === op)?.[0];
    if (at === undefined) return false;
    this.#rows.splice(at, 1);
    this.#ops.delete(at);
    shiftDown(this.#ops, at);
    shiftDown(this.#sealed, at);
    this.#rowsTo.splice(this.#rowsTo.indexOf(op.instanceId), 1);
    return true;
  }

  answered(): void {
    this.#ops.clear();
  }
}

/** What lies behind a place that was taken out moves up by one. */
function shiftDown<Value>(map: Map<number, Value>, from: number): void {
  const moved = [...map].map(([index, value]) => [index > from ? index - 1 : index, value] as const);
  map.clear();
  for (const [index, value] of moved) map.set(index, value);
}
