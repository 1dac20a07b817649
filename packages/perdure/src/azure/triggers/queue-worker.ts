import type { QueueMessage, QueuePort } from "../bindings/client-ports.ts";
import { decodedText } from "../bindings/queue-text.ts";
import { ifThere, madeIfAbsent } from "../bindings/service-answers.ts";
import { HeldMessage } from "./held-message.ts";
import { Polling, unlessAborted } from "./polling.ts";
import type { TriggerLog } from "./trigger-log.ts";
import type { QueueSettings } from "./trigger-settings.ts";

export interface QueueWorkerParts {
  readonly queue: QueuePort;
  /** Null: what fails too often stays in the queue, hidden for a while. */
  readonly poison: QueuePort | null;
  readonly settings: QueueSettings;
  readonly log: TriggerLog;
  /** False: it failed, and comes again. */
  readonly handle: (text: string, message: QueueMessage) => Promise<boolean>;
}

/** Storage takes so many with one call. */
const MOST_AT_ONCE = 32;
const NONE = { receivedMessageItems: [] } as const;

/**
 * Takes messages of a queue, and has several in work at once. One whose work succeeded is deleted; one that failed comes again, and goes to the poison queue after
 * so many times. What is in work when the process ends comes back by itself.
 */
export class QueueWorker {
  readonly #parts: QueueWorkerParts;
  readonly #polling: Polling;
  readonly #working = new Set<Promise<void>>();

  constructor(parts: QueueWorkerParts) {
    this.#parts = parts;
    this.#polling = new Polling({ ...parts, longestPauseMs: parts.settings.longestPauseMs, poll: (signal) => this.#take(signal) });
  }

  start(): void {
    this.#polling.start();
  }

  /** Takes no more, and waits for what is in work. */
  async stop(): Promise<void> {
    await this.#polling.stop();
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  async #take(abortSignal: AbortSignal): Promise<boolean> {
    const { queue, settings } = this.#parts;
    const { batchSize, newBatchThreshold, hiddenMs } = settings;
    while (this.#working.size > newBatchThreshold && !abortSignal.aborted) await unlessAborted(Promise.race(this.#working), abortSignal);
    if (abortSignal.aborted) return false;
    const options = { numberOfMessages: Math.min(batchSize, MOST_AT_ONCE), visibilityTimeout: Math.ceil(hiddenMs / 1_000), abortSignal };
    // A queue that does not exist is empty: the sender of its first message makes it.
    const { receivedMessageItems } = (await ifThere(() => queue.receiveMessages(options))) ?? NONE;
    for (const message of receivedMessageItems) {
      const work = this.#work(new HeldMessage(queue, message, hiddenMs, this.#parts.log)).finally(() => this.#working.delete(work));
      this.#working.add(work);
    }
    return receivedMessageItems.length > 0;
  }

  async #work(held: HeldMessage): Promise<void> {
    const { settings, handle, log } = this.#parts;
    const { message } = held;
    try {
      if (message.dequeueCount > settings.maxDequeueCount) return await this.#poison(held, "it was taken too often");
      const text = decodedText(message.messageText, settings.encoding);
      if (text === null) return await this.#poison(held, "it is not in base64, which queues.messageEncoding of host.json asks for");
      if (await handle(text, message)) return await held.delete();
      if (message.dequeueCount >= settings.maxDequeueCount) return await this.#poison(held, "its function failed");
      await held.giveBack(settings.retryAfterMs);
    } catch (error) {
      log.unavailable(error);
    } finally {
      held.end();
    }
  }

  /** First there, then away from here: it may be there twice, and is never nowhere. */
  async #poison(held: HeldMessage, why: string): Promise<void> {
    const { poison, log } = this.#parts;
    const { messageId, dequeueCount, messageText } = held.message;
    const fields = { messageId, dequeueCount };
    if (poison === null) {
      log.warn("trigger.poison", `has the message ${messageId}, which stays in it hidden: ${why}, and there is no poison queue.`, fields);
      return;
    }
    await madeIfAbsent(() => poison.sendMessage(messageText), poison);
    await held.delete();
    log.warn(
      "trigger.poison",
      `had the message ${messageId}, which was moved to the poison queue at attempt ${dequeueCount}: ${why}.`,
      fields,
    );
  }
}
