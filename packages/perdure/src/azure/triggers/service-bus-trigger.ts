import type { ServiceBusTrigger } from "../../app-threads/guest.ts";
import { fault } from "../../errors/perdure-error.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { AzureClients } from "../bindings/azure-clients.ts";
import type { BusMessage, ReceiverOptions, ReceiverPort, ServiceBusPort } from "../bindings/client-ports.ts";
import { bodiesOf, bodyText, metadataOfMany, metadataOfOne } from "./bus-message.ts";
import type { Invoke } from "./function-calls.ts";
import { FunctionCalls } from "./function-calls.ts";
import { text } from "./metadata.ts";
import { OneATurn } from "./one-a-turn.ts";
import { Polling } from "./polling.ts";
import type { TriggerLog } from "./trigger-log.ts";
import type { ServiceBusSettings } from "./trigger-settings.ts";

export interface ServiceBusParts {
  readonly trigger: ServiceBusTrigger;
  readonly clients: AzureClients;
  readonly settings: ServiceBusSettings;
  readonly invoke: Invoke;
  readonly log: TriggerLog;
}

/** Without a message for this long the broker is asked again. */
const WAIT_MS = 60_000;
/** The next look follows at once: the broker itself waits for messages. */
const NO_PAUSE_MS = 100;

/**
 * A function that is called for the messages of a queue or a subscription: completed when it succeeded, abandoned when it failed, and then the broker counts. The
 * client renews locks. Messages of one session follow each other.
 */
export class ServiceBusListener {
  readonly #parts: ServiceBusParts;
  readonly #client: ServiceBusPort;
  readonly #calls: FunctionCalls;
  readonly #pollings: readonly Polling[];
  readonly #handling = new Set<Promise<void>>();
  readonly #settling = new OneATurn();
  #open: { readonly receiver: ReceiverPort; readonly subscription: { close(): Promise<void> } | null } | null = null;

  /** Throws when it lacks a client or a connection, or names no source. */
  constructor(parts: ServiceBusParts) {
    this.#parts = parts;
    const { trigger, settings, log } = parts;
    const place = placeOf(trigger);
    if (place.some((name) => name === "")) {
      throw fault("BINDING_UNUSABLE", trigger.name, "Service Bus trigger", "it needs a queueName, or a topicName and a subscriptionName");
    }
    this.#client = parts.clients.serviceBus({ function: trigger.name, binding: "Service Bus trigger", connection: trigger.connection });
    this.#calls = new FunctionCalls(trigger, parts.invoke, log);
    const polling = (poll: (signal: AbortSignal) => Promise<boolean>) => new Polling({ longestPauseMs: NO_PAUSE_MS, log, poll });
    if (trigger.isSessionsEnabled) {
      this.#pollings = Array.from({ length: settings.maxConcurrentSessions }, () => polling((signal) => this.#session(signal)));
    } else {
      this.#pollings = trigger.isMany ? [polling((signal) => this.#batch(signal))] : [];
    }
  }

  start(): void {
    for (const polling of this.#pollings) polling.start();
    const { isSessionsEnabled, isMany } = this.#parts.trigger;
    if (!isSessionsEnabled && !isMany) this.#subscribe();
  }

  /** Takes no more, and waits for what is in work. */
  async stop(): Promise<void> {
    const open = this.#open;
    await open?.subscription?.close();
    await Promise.all(this.#pollings.map((polling) => polling.stop()));
    while (this.#handling.size > 0) await Promise.all(this.#handling);
    await open?.receiver.close();
  }

  #subscribe(): void {
    const receiver = this.#receiver();
    const { settings, log } = this.#parts;
    const subscription = receiver.subscribe(
      {
        processMessage: (message) => this.#handle(receiver, [message]),
        processError: async ({ error }) => log.unavailable(error),
      },
      { autoCompleteMessages: false, maxConcurrentCalls: settings.maxConcurrentCalls },
    );
    this.#open = { receiver, subscription };
  }

  async #batch(signal: AbortSignal): Promise<boolean> {
    this.#open ??= { receiver: this.#receiver(), subscription: null };
    const { receiver } = this.#open;
    return await this.#take(receiver, this.#parts.settings.maxMessageBatchSize, WAIT_MS, signal);
  }

  /** One session, until it has no more messages. */
  async #session(abortSignal: AbortSignal): Promise<boolean> {
    const { trigger, settings } = this.#parts;
    const session = await this.#nextSession(abortSignal);
    if (session === null) return false;
    try {
      const count = trigger.isMany ? settings.maxMessageBatchSize : 1;
      while (!abortSignal.aborted && (await this.#take(session, count, settings.sessionIdleMs, abortSignal)));
    } finally {
      await session.close();
    }
    return true;
  }

  /** Null: none has a message. */
  async #nextSession(abortSignal: AbortSignal): Promise<ReceiverPort | null> {
    const [first, second] = placeOf(this.#parts.trigger);
    const options = { ...this.#options(), abortSignal };
    try {
      if (second === undefined) return await this.#client.acceptNextSession(first, options);
      return await this.#client.acceptNextSession(first, second, options);
    } catch (error) {
      if (error instanceof Error && "code" in error && (error.code === "ServiceTimeout" || error.code === "SessionCannotBeLocked"))
        return null;
      throw error;
    }
  }

  async #take(receiver: ReceiverPort, count: number, maxWaitTimeInMs: number, abortSignal: AbortSignal): Promise<boolean> {
    const messages = await receiver.receiveMessages(count, { maxWaitTimeInMs, abortSignal });
    if (messages.length > 0) await this.#handle(receiver, messages);
    return messages.length > 0;
  }

  #handle(receiver: ReceiverPort, messages: readonly BusMessage[]): Promise<void> {
    const handling = this.#handled(receiver, messages).finally(() => this.#handling.delete(handling));
    this.#handling.add(handling);
    return handling;
  }

  async #handled(receiver: ReceiverPort, messages: readonly BusMessage[]): Promise<void> {
    const { trigger, settings, log } = this.#parts;
    log.available();
    const [first] = messages;
    if (first === undefined) return;
    const isDone = trigger.isMany
      ? await this.#calls.run(bodiesOf(messages), metadataOfMany(trigger.name, messages))
      : await this.#calls.run(text(bodyText(first)), metadataOfOne(trigger.name, first));
    const completes = trigger.autoComplete && settings.autoCompleteMessages;
    if (isDone && !completes) return;
    for (const message of messages) await this.#settle(receiver, message, isDone);
  }

  async #settle(receiver: ReceiverPort, message: BusMessage, isDone: boolean): Promise<void> {
    try {
      await this.#settling.do(() => (isDone ? receiver.completeMessage(message) : receiver.abandonMessage(message)));
    } catch (error) {
      const messageId = String(message.messageId ?? "");
      const why = errorText(error);
      this.#parts.log.warn("trigger.message-lost", `did not take the answer to the message ${messageId}, which comes again: ${why}`, {
        messageId,
      });
    }
  }

  #receiver(): ReceiverPort {
    const [first, second] = placeOf(this.#parts.trigger);
    if (second === undefined) return this.#client.createReceiver(first, this.#options());
    return this.#client.createReceiver(first, second, this.#options());
  }

  #options(): ReceiverOptions {
    const { maxAutoLockRenewalMs } = this.#parts.settings;
    return { receiveMode: "peekLock", maxAutoLockRenewalDurationInMs: maxAutoLockRenewalMs, skipParsingBodyAsJson: true };
  }
}

const placeOf = ({ source }: ServiceBusTrigger): readonly [string, string?] =>
  "queue" in source ? [source.queue] : [source.topic, source.subscription];
