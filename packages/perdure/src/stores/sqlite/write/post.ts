import type { InstanceNo, WorkerId } from "../../../model/ids.ts";
import type { OutgoingMessage } from "../../../store/commit.ts";
import { resolveTarget, send } from "./mail.ts";
import type { Tx } from "./tx.ts";

/** The messages of one batch, and whom they concern. */
export class Post {
  readonly undelivered: { readonly index: number; readonly why: "notFound" | "done" }[] = [];
  readonly mailFor = new Set<InstanceNo>();
  readonly owners = new Set<WorkerId>();
  madeReady = false;
  readonly #tx: Tx;
  readonly #worker: WorkerId;

  constructor(tx: Tx, worker: WorkerId) {
    this.#tx = tx;
    this.#worker = worker;
  }

  send(message: OutgoingMessage, index: number | null = null): number | null {
    const sent = send(this.#tx, resolveTarget(this.#tx, message.to), message.message);
    if (sent.kind !== "sent") {
      if (index !== null) this.undelivered.push({ index, why: sent.kind });
      return null;
    }
    const { owner, no } = sent.target;
    if (owner === this.#worker) this.mailFor.add(no);
    else if (owner !== null) this.owners.add(owner);
    if (sent.woke) this.madeReady = true;
    return sent.seq;
  }
}
