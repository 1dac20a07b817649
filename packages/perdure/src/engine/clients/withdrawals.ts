import type { InstanceNo } from "../../model/ids.ts";
import type { AnyOp, DeliverOp } from "../calls/client-op.ts";
import { StartOp } from "../calls/client-op.ts";
import type { Batch } from "../commits/batch.ts";
import type { Committer } from "../commits/committer.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { Mailbox } from "../instances/mailbox.ts";
import type { MailOrder } from "../mail/mail-order.ts";
import type { WorkerParts } from "../options.ts";

export interface WithdrawalsPort {
  readonly parts: Pick<WorkerParts, "executor">;
  readonly committer: Pick<Committer, "gathering">;
  /** A batch that the store has not written and that is to be sent again, while that pause lasts. */
  readonly resting: Batch | null;
  readonly table: Pick<InstanceTable, "byId" | "byNo" | "remove">;
  readonly mailOrder: Pick<MailOrder, "clearOnTheWay">;
}

/**
 * Takes clients' calls out of the mailboxes of instances and out of the batches that the store has not written, as if they had never come: all at once,
 * since each place is gone through once, however many calls it holds.
 */
export class Withdrawals {
  readonly #port: WithdrawalsPort;

  constructor(port: WithdrawalsPort) {
    this.#port = port;
  }

  /**
   * Gives those that were taken out. On the others something is built: the episode that took the message is done, or the instance that was started has
   * spoken to others.
   */
  take(ops: readonly AnyOp[]): ReadonlySet<AnyOp> {
    const { committer, resting, mailOrder } = this.#port;
    const batches = resting === null ? [committer.gathering] : [resting, committer.gathering];
    const starts = new Set<StartOp>();
    const messages = new Set<DeliverOp>();
    for (const op of ops) op instanceof StartOp ? starts.add(op) : messages.add(op);
    const withdrawn = new Set<AnyOp>();
    for (const op of this.#fromMailboxes(messages)) withdrawn.add(op);
    for (const batch of batches) {
      const unsent = batch.unsend(messages);
      for (const op of unsent) withdrawn.add(op);
      if (unsent.length > 0) mailOrder.clearOnTheWay(unsent.map(({ instanceId }) => instanceId));
    }
    for (const op of this.#starts(starts, batches)) withdrawn.add(op);
    return withdrawn;
  }

  /** As long as no episode has begun with them. */
  #fromMailboxes(ops: ReadonlySet<DeliverOp>): readonly DeliverOp[] {
    const mailboxes = new Set<Mailbox>();
    for (const { instanceId } of ops) {
      const instance = this.#port.table.byId(instanceId);
      if (instance !== undefined) mailboxes.add(instance.mailbox);
    }
    return [...mailboxes].flatMap((mailbox) => mailbox.takeOut(ops));
  }

  #starts(ops: ReadonlySet<StartOp>, batches: readonly Batch[]): readonly StartOp[] {
    if (ops.size === 0) return [];
    const { table, parts } = this.#port;
    const withMail = new Set(batches.flatMap((batch) => batch.instancesWithMail()));
    const withdrawn: StartOp[] = [];
    const nos = new Set<InstanceNo>();
    for (const { births, startOps } of batches.map((batch) => batch.effects)) {
      for (const [no, op] of startOps) {
        if (!ops.has(op)) continue;
        const born = births.get(no);
        if (born !== undefined) {
          if (born.hasSpoken || born.running || withMail.has(born)) continue;
          if (table.byNo(no) === born) table.remove(born);
          born.go();
          parts.executor.forget(no);
        }
        withdrawn.push(op);
        nos.add(no);
      }
    }
    if (nos.size > 0) for (const batch of batches) batch.forget(nos);
    return withdrawn;
  }
}
