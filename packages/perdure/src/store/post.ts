import type { InstanceNo, WorkerId } from "../model/ids.ts";
import type { OutgoingMessage } from "./commit.ts";

/** What became of one message. `target` is what the store knows of the instance. */
export type Sent<Target> =
  | { readonly kind: "notFound" | "done" }
  /** `seq` is null for a copy of a message that is in the inbox already. `woke`: an unowned instance became ready. */
  | { readonly kind: "sent"; readonly target: Target; readonly seq: number | null; readonly woke: boolean };

interface Addressee {
  readonly no: InstanceNo;
  readonly owner: WorkerId | null;
}

/** The messages of one batch, and whom they concern. */
export class Post {
  readonly undelivered: { readonly index: number; readonly why: "notFound" | "done" }[] = [];
  readonly mailFor = new Set<InstanceNo>();
  readonly owners = new Set<WorkerId>();
  madeReady = false;
  readonly #worker: WorkerId;
  readonly #put: (message: OutgoingMessage) => Sent<Addressee>;

  /** `put` writes one message into the inbox of its target. */
  constructor(worker: WorkerId, put: (message: OutgoingMessage) => Sent<Addressee>) {
    this.#worker = worker;
    this.#put = put;
  }

  /** `index` among the batch's own messages; null: the receipt does not list it. */
  send(message: OutgoingMessage, index: number | null = null): number | null {
    const sent = this.#put(message);
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
