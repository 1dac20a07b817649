import { isDone } from "../../core/fold.ts";
import { isEntity } from "../../core/state.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import { parseMessage } from "../../store/parse.ts";
import type { InboxRow } from "../../store/rows.ts";
import type { ClientDoor } from "../clients/client-door.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import { rowMail } from "../instances/mailbox.ts";
import type { MailOrder } from "../mail/mail-order.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { Turns } from "../turns/turns.ts";

/** An entity for which so much waits in memory gets no more until most of that is worked off: else each look reads all of it once more. */
const ENOUGH = 100;

export interface InboxRowsPort {
  readonly table: Pick<InstanceTable, "byNo">;
  readonly mailOrder: Pick<MailOrder, "beginRead" | "wasRead" | "unread">;
  readonly turns: Pick<Turns, "giveUp">;
  readonly leaving: Pick<Leaving, "stopUnreadable">;
  readonly door: Pick<ClientDoor, "release">;
  enqueue(instance: ActiveInstance): void;
}

/** Rows of the inboxes of this worker's instances become mail, once each. */
export class InboxRows {
  readonly #port: InboxRowsPort;
  #isBeingRead = false;
  #goneMeanwhile: { readonly instance: ActiveInstance; readonly seq: number }[] = [];
  /** Rows were left for later, because the batch in flight may be where they come from. */
  #hasSkipped = false;
  /** Entities that have got {@link ENOUGH}; of others nothing is left unread. */
  readonly #busy = new Set<ActiveInstance>();
  /** Rows of the last read that memory had already. */
  #knownRows = 0;

  constructor(port: InboxRowsPort) {
    this.#port = port;
  }

  /** `read` asks the store for them, but for those of some instances. */
  async read<Seen extends { readonly mail: readonly InboxRow[] }>(read: (without: readonly InstanceNo[]) => Promise<Seen>): Promise<Seen> {
    const { mailOrder } = this.#port;
    this.#isBeingRead = true;
    try {
      const readAt = mailOrder.beginRead();
      this.#forgetIdle();
      const left = [...this.#busy];
      const seen = await read(left.map(({ no }) => no));
      const skipped = this.#deliver(seen.mail, readAt);
      mailOrder.wasRead(readAt);
      for (const instance of [...skipped, ...left]) if (!instance.gone) mailOrder.unread(instance);
      if (skipped.size > 0) this.#hasSkipped = true;
      this.#port.door.release();
      return seen;
    } finally {
      this.#isBeingRead = false;
      for (const { instance, seq } of this.#goneMeanwhile) instance.mailbox.forgetRow(seq);
      this.#goneMeanwhile = [];
    }
  }

  /** So many rows of the last read brought nothing: they wait for their instances in memory, and are read with every look. */
  get knownRows(): number {
    return this.#knownRows;
  }

  /** A row is gone for good. A read that is under way may still bring it: it stays known until that read is over. */
  forget(instance: ActiveInstance, seq: number): void {
    if (this.#isBeingRead) this.#goneMeanwhile.push({ instance, seq });
    else instance.mailbox.forgetRow(seq);
  }

  /** Rows were skipped since this was asked last, and must be read again. */
  hadToSkip(): boolean {
    const had = this.#forgetIdle() || this.#hasSkipped;
    this.#hasSkipped = false;
    return had;
  }

  /** True: there are entities that may get more now. */
  #forgetIdle(): boolean {
    let found = false;
    for (const instance of this.#busy) {
      if (!instance.gone && instance.mailbox.waiting.length >= ENOUGH) continue;
      this.#busy.delete(instance);
      found = true;
    }
    return found;
  }

  /**
   * A commit may be in the store before its answer is here: then rows of its own messages look like new ones, and would be delivered twice. So an
   * instance with such messages on the way is skipped, and read again after the answer. So is one that was loaded after the read had begun, or could
   * not leave: what it has consumed since would come again.
   */
  #deliver(rows: readonly InboxRow[], readAt: number): ReadonlySet<ActiveInstance> {
    const skipped = new Set<ActiveInstance>();
    let unreadable: Map<ActiveInstance, unknown> | null = null;
    this.#knownRows = 0;
    for (const row of rows) {
      const instance = this.#port.table.byNo(row.no);
      if (instance === undefined || instance.leaving || instance.gone) continue;
      if (instance.mailbox.holds(row.seq)) {
        this.#knownRows += 1;
        continue;
      }
      if (instance.mailbox.readSince > readAt) continue; // another read was asked for
      if (instance.mailbox.isUnnumbered) {
        skipped.add(instance);
        continue;
      }
      let message: Message;
      try {
        message = parseMessage(row);
      } catch (error) {
        unreadable ??= new Map();
        if (!unreadable.has(instance)) unreadable.set(instance, error);
        continue;
      }
      instance.mailbox.put(rowMail(message, row.seq));
      if (isEntity(instance.state) && instance.mailbox.waiting.length >= ENOUGH) this.#busy.add(instance);
      this.#port.enqueue(instance);
    }
    if (unreadable !== null) for (const [instance, error] of unreadable) this.#stop(instance, error);
    return skipped;
  }

  /** The row that cannot be read stays in the inbox. What came with it counts as tried, so that a resume among it does not prevent the stop. */
  #stop(instance: ActiveInstance, error: unknown): void {
    const { turns, leaving } = this.#port;
    if (instance.gated || isDone(instance.state)) return; // its rows go with its end, or are read again
    turns.giveUp(instance);
    leaving.stopUnreadable(instance, error, instance.mailbox.empty());
  }
}
