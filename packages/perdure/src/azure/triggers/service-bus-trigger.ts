import type { ServiceBusTrigger } from "../../app-threads/guest.ts";
import { fault } from "../../errors/perdure-error.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { AzureClients } from "../bindings/azure-clients.ts";
import type { BusMessage, ReceiverOptions, ReceiverPort, ServiceBusPort, SessionPort } from "../bindings/client-ports.ts";
import { bodiesOf, bodyText, metadataOfMany, metadataOfOne } from "./bus-message.ts";
import type { Invoke } from "./function-calls.ts";
import { FunctionCalls } from "./function-calls.ts";
import { text } from "./metadata.ts";
import { OneATurn } from "./one-a-turn.ts";
import { Polling, unlessAborted } from "./polling.ts";
import { hasCode, isLockLost, RenewedLock } from "./renewed-lock.ts";
import { settledMessage } from "./settled-message.ts";
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
/** Between two looks whether the broker is there, at most. */
const LOOK_MS = 30_000;
/** The next look follows at once: the broker itself waits for messages. */
const NO_PAUSE_MS = 100;

/**
 * A function that is called for the messages of a queue or a subscription: completed when it succeeded, abandoned when it failed, and then the broker counts.
 * Messages of one session follow each other.
 */
export class ServiceBusListener {
  readonly #parts: ServiceBusParts;
  readonly #client: ServiceBusPort;
  readonly #calls: FunctionCalls;
  readonly #pollings: readonly Polling[];
  readonly #handling = new Set<Promise<void>>();
  readonly #settling = new OneATurn();
  #receiver: ReceiverPort | null = null;
  #subscription: { close(): Promise<void> } | null = null;

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
    const polling = (longestPauseMs: number, poll: (signal: AbortSignal) => Promise<boolean>) => new Polling({ longestPauseMs, log, poll });
    if (trigger.isSessionsEnabled) {
      this.#pollings = Array.from({ length: settings.maxConcurrentSessions }, () =>
        polling(NO_PAUSE_MS, (signal) => this.#session(signal)),
      );
    } else if (trigger.isMany) this.#pollings = [polling(NO_PAUSE_MS, (signal) => this.#batch(signal))];
    else this.#pollings = [polling(LOOK_MS, (signal) => this.#look(signal))];
  }

  start(): void {
    for (const polling of this.#pollings) polling.start();
  }

  /** Takes no more, and waits for what is in work. */
  async stop(): Promise<void> {
    await Promise.all(this.#pollings.map((polling) => polling.stop()));
    await closed(this.#subscription);
    while (this.#handling.size > 0) await Promise.all(this.#handling);
    await closed(this.#receiver);
  }

  /** Whether the broker is there. Only then is it asked to give messages: the client (7.9.5) that begins while it is away asks twice, for twice as many. */
  async #look(abortSignal: AbortSignal): Promise<boolean> {
    this.#receiver ??= this.#newReceiver();
    await unlessAborted(this.#receiver.peekMessages(1, { abortSignal }), abortSignal);
    if (!abortSignal.aborted) this.#subscription ??= this.#subscribed(this.#receiver);
    return false;
  }

  #subscribed(receiver: ReceiverPort): { close(): Promise<void> } {
    const { settings, log } = this.#parts;
    return receiver.subscribe(
      {
        processMessage: (message) => this.#handle(receiver, [message], null),
        processError: async ({ error }) => log.unavailable(error),
      },
      { autoCompleteMessages: false, maxConcurrentCalls: settings.maxConcurrentCalls },
    );
  }

  async #batch(signal: AbortSignal): Promise<boolean> {
    this.#receiver ??= this.#newReceiver();
    return await this.#take(this.#receiver, null, this.#parts.settings.maxMessageBatchSize, WAIT_MS, signal);
  }

  /** One session, until it has no more messages, or is lost. */
  async #session(abortSignal: AbortSignal): Promise<boolean> {
    const { trigger, settings } = this.#parts;
    const session = await this.#nextSession(abortSignal);
    if (session === null) return false;
    const lock = this.#lock(
      session.sessionLockedUntilUtc,
      () => session.renewSessionLock(),
      () => {},
    );
    try {
      const count = trigger.isMany ? settings.maxMessageBatchSize : 1;
      while (!abortSignal.aborted && (await this.#take(session, lock, count, settings.sessionIdleMs, abortSignal)));
    } catch (error) {
      if (!isLockLost(error)) throw error;
    } finally {
      lock.end();
      await closed(session);
    }
    return true;
  }

  /** Null: none has a message. */
  async #nextSession(abortSignal: AbortSignal): Promise<SessionPort | null> {
    const [first, second] = placeOf(this.#parts.trigger);
    const options = { ...OPTIONS, abortSignal };
    try {
      const client = this.#client;
      const accepting = second === undefined ? client.acceptNextSession(first, options) : client.acceptNextSession(first, second, options);
      const session = await unlessAborted(accepting, abortSignal);
      if (session === null) accepting.then(closed, () => {});
      return session;
    } catch (error) {
      if (hasCode(error, "ServiceTimeout", "SessionCannotBeLocked")) return null;
      throw error;
    }
  }

  async #take(receiver: ReceiverPort, session: RenewedLock | null, count: number, maxWaitTimeInMs: number, abortSignal: AbortSignal) {
    const messages = (await unlessAborted(receiver.receiveMessages(count, { maxWaitTimeInMs, abortSignal }), abortSignal)) ?? [];
    if (messages.length > 0) await this.#handle(receiver, messages, session);
    return messages.length > 0;
  }

  /** `session`: its lock, if they are of one. */
  #handle(receiver: ReceiverPort, messages: readonly BusMessage[], session: RenewedLock | null): Promise<void> {
    session?.restart();
    const handling = this.#handled(receiver, messages, session).finally(() => this.#handling.delete(handling));
    this.#handling.add(handling);
    return handling;
  }

  async #handled(receiver: ReceiverPort, messages: readonly BusMessage[], session: RenewedLock | null): Promise<void> {
    const { trigger, settings, log } = this.#parts;
    log.available();
    const [first] = messages;
    if (first === undefined) return;
    const held = messages.map((message) => ({ message, lock: session ?? this.#messageLock(receiver, message) }));
    const isDone = trigger.isMany
      ? await this.#calls.run(bodiesOf(messages), metadataOfMany(trigger.name, messages))
      : await this.#calls.run(text(bodyText(first)), metadataOfOne(trigger.name, first));
    const answers = !isDone || (trigger.autoComplete && settings.autoCompleteMessages);
    const settled = held.map(async ({ message, lock }) => {
      // With its answer the broker forgets the lock: a renewal would say that it was lost.
      const settle = () => {
        if (session === null) lock.end();
        return answers ? this.#settle(receiver, message, lock, isDone) : Promise.resolve();
      };
      await this.#settling.do(settle);
    });
    await Promise.all(settled);
  }

  #messageLock(receiver: ReceiverPort, message: BusMessage): RenewedLock {
    const renew = () => receiver.renewMessageLock(message);
    return this.#lock(message.lockedUntilUtc, renew, () => this.#lost(message, "lost the lock of the message"));
  }

  #lock(lockedUntil: Date | undefined, renew: () => Promise<Date>, lost: () => void): RenewedLock {
    return new RenewedLock({ lockedUntil, limitMs: this.#parts.settings.maxAutoLockRenewalMs, renew, lost });
  }

  async #settle(receiver: ReceiverPort, message: BusMessage, lock: RenewedLock, isDone: boolean): Promise<void> {
    if (lock.isLost && message.sessionId === undefined) return; // said when it was lost
    try {
      const settled = settledMessage(message);
      await (isDone ? receiver.completeMessage(settled) : receiver.abandonMessage(settled));
    } catch (error) {
      this.#lost(message, `did not take the answer (${errorText(error)}) to the message`);
    }
  }

  #lost({ messageId: id = "" }: BusMessage, what: string): void {
    const messageId = String(id);
    this.#parts.log.warn("trigger.message-lost", `${what} ${messageId}, which comes again: its function may run twice.`, { messageId });
  }

  #newReceiver(): ReceiverPort {
    const [first, second] = placeOf(this.#parts.trigger);
    return second === undefined ? this.#client.createReceiver(first, OPTIONS) : this.#client.createReceiver(first, second, OPTIONS);
  }
}

const OPTIONS: ReceiverOptions = { receiveMode: "peekLock", maxAutoLockRenewalDurationInMs: 0, skipParsingBodyAsJson: true };

const placeOf = ({ source }: ServiceBusTrigger): readonly [string, string?] =>
  "queue" in source ? [source.queue] : [source.topic, source.subscription];

/** It may be lost already. */
const closed = async (one: { close(): Promise<void> } | null | undefined): Promise<void> => one?.close().catch(() => {});
