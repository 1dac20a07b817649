import type { Outgoing } from "../../core/outgoing.ts";
import type { InstanceId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import { entityCreatedBy } from "../../store/new-entity.ts";
import type { DeliverOp } from "../calls/client-op.ts";
import type { Committer } from "../commits/committer.ts";
import type { Effects } from "../commits/sealed-batch.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import { clientMail, localMail } from "../instances/mailbox.ts";
import type { MailOrder } from "./mail-order.ts";

export interface MessageRouterPort {
  readonly committer: Pick<Committer, "gathering" | "requestSeal">;
  readonly table: Pick<InstanceTable, "byNo" | "byId">;
  readonly mailOrder: Pick<MailOrder, "mayGoDirect" | "mayGoFrom" | "sent" | "clearOnTheWay" | "unread">;
  enqueue(instance: ActiveInstance): void;
}

/**
 * Which way a message goes: straight into an instance's memory, or as an inbox row of the gathering batch. What comes for the id of a run whose end is in
 * a batch becomes a row: that end may be in the store already, unknown here, and the next run of that id as well.
 */
export class MessageRouter {
  readonly #port: MessageRouterPort;

  constructor(port: MessageRouterPort) {
    this.#port = port;
  }

  /** Of an episode that the gathering batch records. */
  fromEpisode(outgoing: Outgoing, sender: ActiveInstance): void {
    const { table, mailOrder, committer } = this.#port;
    const { to, message } = outgoing;
    const target = "no" in to ? table.byNo(to.no) : table.byId(to.instanceId);
    const mayNotTake = target === undefined || target.leaving || target.gated || ("instanceId" in to && target.end !== null);
    if (mayNotTake || !mailOrder.mayGoFrom(sender, target)) {
      if ("instanceId" in to) this.asRow(to.instanceId, message, null);
      else committer.gathering.send(outgoing, null);
      return;
    }
    const mail = localMail(message);
    target.mailbox.put(mail);
    committer.gathering.addLocalMail(target, mail);
    this.#port.enqueue(target);
  }

  /** Of a client, which is answered when the message is durable. */
  fromClient(op: DeliverOp): void {
    const { table, mailOrder, committer } = this.#port;
    const { instanceId, message } = op;
    const target = table.byId(instanceId);
    const isForNext = target?.end?.successor === null;
    if (target === undefined || isForNext || target.leaving || target.isHeldUp || !mailOrder.mayGoDirect(target)) {
      this.asRow(instanceId, message, op);
      committer.requestSeal();
      return;
    }
    target.mailbox.put(clientMail(message, op));
    this.#port.enqueue(target);
  }

  /** Behind whatever is on its way to this id as a row. */
  asRow(instanceId: InstanceId, message: Message, op: DeliverOp | null): void {
    this.#port.committer.gathering.send({ to: { instanceId }, message, ...entityCreatedBy(instanceId, message) }, op);
    this.#port.mailOrder.sent(instanceId);
  }

  /** Rows for instances in this worker's memory lie in their inboxes now, and have to be read before anything goes to them directly. */
  onDurable({ rowsTo }: Pick<Effects, "rowsTo">): void {
    if (rowsTo.length === 0) return;
    const { table, mailOrder } = this.#port;
    mailOrder.clearOnTheWay(rowsTo);
    for (const id of rowsTo) {
      const instance = table.byId(id);
      if (instance !== undefined) mailOrder.unread(instance);
    }
  }
}
