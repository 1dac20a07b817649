import type { ActiveInstance } from "../instances/instance.ts";

/**
 * Keeps the order of each sender. A message may go straight into an instance's memory only when no earlier one can still be on its way as a
 * row: in a batch that is not durable, or in the inbox and not read yet. Otherwise it goes the same way, behind the others. What a sender has sent
 * elsewhere lies in the inbox: an instance that another worker had before, and a client that has spoken to another process. So their messages go straight
 * only behind a read of all mail that began since.
 */
export class MailOrder {
  /** Rows addressed to an instance id, in batches that are not durable. */
  readonly #onTheWay = new Map<string, number>();
  /** Instances whose inbox may hold rows that memory does not, with when that was noted. */
  readonly #unread = new Map<ActiveInstance, number>();
  #clock = 0;
  /** When the latest read began that is over. */
  #readAt = 0;

  mayGoDirect(target: ActiveInstance): boolean {
    return !this.#unread.has(target) && !this.#onTheWay.has(target.state.instanceId);
  }

  /** From another instance of this worker. */
  mayGoFrom(sender: ActiveInstance, target: ActiveInstance): boolean {
    return sender.mailbox.readSince <= this.#readAt && this.mayGoDirect(target);
  }

  /** A moment: {@link wasReadAt} is true of it once all mail was read that was there by then. */
  now(): number {
    this.#clock += 1;
    return this.#clock;
  }

  wasReadAt(moment: number): boolean {
    return moment <= this.#readAt;
  }

  /** A row to this id is in the gathering batch. */
  sent(instanceId: string): void {
    this.#onTheWay.set(instanceId, (this.#onTheWay.get(instanceId) ?? 0) + 1);
  }

  /** The rows of one batch to these ids are durable, or were taken out of it. */
  clearOnTheWay(instanceIds: readonly string[]): void {
    for (const id of instanceIds) {
      const left = (this.#onTheWay.get(id) ?? 1) - 1;
      if (left === 0) this.#onTheWay.delete(id);
      else this.#onTheWay.set(id, left);
    }
  }

  unread(instance: ActiveInstance): void {
    this.#unread.set(instance, this.now());
  }

  /** Which rows it holds is not known any more, or was read together with it just now: inbox reads that started before now are ignored. */
  readAfresh(instance: ActiveInstance): void {
    this.unread(instance);
    instance.mailbox.readAfresh(this.#clock);
  }

  /** To be called before the mail is read; gives what to tell {@link wasRead} afterwards. */
  beginRead(): number {
    return this.#clock;
  }

  /** All mail that was there when the read began is in memory. */
  wasRead(since: number): void {
    this.#readAt = Math.max(this.#readAt, since);
    for (const [instance, at] of this.#unread) if (at <= since || instance.gone) this.#unread.delete(instance);
  }

  /** All that was not durable is dropped. */
  reset(): void {
    this.#onTheWay.clear();
  }
}
