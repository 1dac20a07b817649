import { runAfter } from "../../process/timers.ts";
import type { QueueMessage, QueuePort } from "../bindings/client-ports.ts";
import { isGone } from "../bindings/service-answers.ts";
import type { TriggerLog } from "./trigger-log.ts";

/** In the time that a message is hidden: one renewal that fails leaves half of it for others. */
const RETRIES = 20;

/**
 * A message that was taken from a queue. It stays hidden by being hidden again at half time. Each answer of the queue has a new receipt, and only the last one
 * counts: so its calls follow each other.
 */
export class HeldMessage {
  readonly message: QueueMessage;
  readonly #queue: QueuePort;
  readonly #hiddenMs: number;
  readonly #log: TriggerLog;
  #receipt: string;
  #calls: Promise<unknown> = Promise.resolve();
  #cancel: () => void = () => {};
  #isEnded = false;
  #isLost = false;

  constructor(queue: QueuePort, message: QueueMessage, hiddenMs: number, log: TriggerLog) {
    this.message = message;
    this.#queue = queue;
    this.#hiddenMs = hiddenMs;
    this.#log = log;
    this.#receipt = message.popReceipt;
    this.#renewLater();
  }

  delete(): Promise<void> {
    return this.#last(async () => void (await this.#queue.deleteMessage(this.message.messageId, this.#receipt)));
  }

  /** It comes again after this time. */
  giveBack(afterMs: number): Promise<void> {
    return this.#last(() => this.#hide(afterMs));
  }

  /** No longer hidden again: after its time it comes back by itself. */
  end(): void {
    this.#isEnded = true;
    this.#cancel();
  }

  async #last(call: () => Promise<void>): Promise<void> {
    this.end();
    if (this.#isLost) return;
    try {
      await this.#inTurn(call);
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#lost();
    }
  }

  #inTurn(call: () => Promise<void>): Promise<void> {
    const done = this.#calls.then(call);
    this.#calls = done.catch(() => {});
    return done;
  }

  async #hide(ms: number): Promise<void> {
    const { popReceipt } = await this.#queue.updateMessage(this.message.messageId, this.#receipt, undefined, Math.ceil(ms / 1_000));
    this.#receipt = popReceipt ?? this.#receipt;
  }

  #renewLater(ms = this.#hiddenMs / 2): void {
    this.#cancel = runAfter(ms, () => void this.#renew(), false);
  }

  async #renew(): Promise<void> {
    try {
      await this.#inTurn(async () => (this.#isEnded ? undefined : await this.#hide(this.#hiddenMs)));
    } catch (error) {
      if (!isGone(error)) {
        this.#log.unavailable(error);
        if (!this.#isEnded) this.#renewLater(this.#hiddenMs / RETRIES);
        return;
      }
      this.end();
      this.#lost();
    }
    if (!this.#isEnded) this.#renewLater();
  }

  #lost(): void {
    this.#isLost = true;
    const { messageId } = this.message;
    this.#log.warn("trigger.message-lost", `gave the message ${messageId} to another reader: its function may run twice.`, { messageId });
  }
}
