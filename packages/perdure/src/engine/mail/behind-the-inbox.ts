import { Fifo } from "../../model/fifo.ts";
import type { InstanceId } from "../../model/ids.ts";
import type { DeliverOp } from "../calls/client-op.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { MailOrder } from "./mail-order.ts";

export interface BehindTheInboxPort {
  readonly table: Pick<InstanceTable, "byId">;
  readonly mailOrder: Pick<MailOrder, "now" | "wasReadAt">;
  lookAround(): void;
}

interface WaitingOp {
  readonly op: DeliverOp;
  readonly since: number;
}

/**
 * Messages of clients to instances in memory, until the inboxes were read once since each came: what their senders have sent before by another process lies
 * there, and comes first. One read is enough for all that came before it began.
 */
export class BehindTheInbox {
  readonly #port: BehindTheInboxPort;
  readonly #waiting = new Fifo<WaitingOp>();
  /** How many wait for each instance: later ones wait behind them, wherever their target is by then. */
  readonly #counts = new Map<InstanceId, number>();

  constructor(port: BehindTheInboxPort) {
    this.#port = port;
  }

  /** False: nothing is to be waited for. */
  keeps(op: DeliverOp): boolean {
    const { table, mailOrder } = this.#port;
    const before = this.#counts.get(op.instanceId) ?? 0;
    if (before === 0 && table.byId(op.instanceId) === undefined) return false; // it becomes a row itself
    op.hold();
    this.#counts.set(op.instanceId, before + 1);
    this.#waiting.push({ op, since: mailOrder.now() });
    this.#port.lookAround();
    return true;
  }

  /** There is one whose time has come. */
  get hasReady(): boolean {
    const { first } = this.#waiting;
    return first !== undefined && this.#port.mailOrder.wasReadAt(first.since);
  }

  takeReady(): DeliverOp | undefined {
    if (!this.hasReady) return undefined;
    const op = this.#waiting.shift()?.op;
    if (op === undefined) return undefined;
    const left = (this.#counts.get(op.instanceId) ?? 1) - 1;
    if (left === 0) this.#counts.delete(op.instanceId);
    else this.#counts.set(op.instanceId, left);
    return op;
  }
}
