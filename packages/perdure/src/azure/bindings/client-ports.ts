/** What is used of `@azure/storage-queue`, `@azure/storage-blob` and `@azure/service-bus`: they are optional, so their own types are not there. */

export interface QueueServicePort {
  getQueueClient(name: string): QueuePort;
}

export interface QueuePort {
  createIfNotExists(): Promise<unknown>;
  receiveMessages(options: {
    readonly numberOfMessages: number;
    /** Seconds. */
    readonly visibilityTimeout: number;
    readonly abortSignal: AbortSignal;
  }): Promise<{ readonly receivedMessageItems: readonly QueueMessage[] }>;
  /** Without a text the message keeps its own. */
  updateMessage(id: string, popReceipt: string, text: undefined, visibilitySeconds: number): Promise<{ readonly popReceipt?: string }>;
  deleteMessage(id: string, popReceipt: string): Promise<unknown>;
  sendMessage(text: string): Promise<unknown>;
}

export interface QueueMessage {
  readonly messageId: string;
  readonly popReceipt: string;
  readonly messageText: string;
  readonly dequeueCount: number;
  readonly insertedOn: Date;
  readonly expiresOn: Date;
  readonly nextVisibleOn: Date;
}

export interface BlobServicePort {
  getContainerClient(name: string): ContainerPort;
}

export interface ContainerPort {
  createIfNotExists(): Promise<unknown>;
  listBlobsFlat(options: { readonly abortSignal: AbortSignal }): AsyncIterable<ListedBlob>;
  getBlockBlobClient(name: string): BlobPort;
}

export interface ListedBlob {
  readonly name: string;
  readonly properties: { readonly etag: string; readonly lastModified: Date; readonly blobType?: string };
}

export interface BlobConditions {
  readonly conditions?: { readonly ifNoneMatch?: string; readonly ifMatch?: string; readonly leaseId?: string };
}

export interface BlobPort {
  readonly url: string;
  getProperties(): Promise<BlobProperties>;
  downloadToBuffer(offset: number, count: undefined, options: BlobConditions): Promise<Uint8Array>;
  upload(content: string | Uint8Array, length: number, options?: BlobConditions): Promise<unknown>;
  setMetadata(metadata: { readonly [name: string]: string }, options: BlobConditions): Promise<unknown>;
  getBlobLeaseClient(): { acquireLease(seconds: number): Promise<{ readonly leaseId?: string }>; releaseLease(): Promise<unknown> };
}

export interface BlobProperties {
  readonly etag?: string;
  readonly contentLength?: number;
  readonly contentType?: string;
  readonly lastModified?: Date;
  readonly metadata?: { readonly [name: string]: string };
}

export interface ServiceBusPort {
  createReceiver(queue: string, options: ReceiverOptions): ReceiverPort;
  createReceiver(topic: string, subscription: string, options: ReceiverOptions): ReceiverPort;
  acceptNextSession(queue: string, options: SessionOptions): Promise<SessionPort>;
  acceptNextSession(topic: string, subscription: string, options: SessionOptions): Promise<SessionPort>;
  createSender(queueOrTopic: string): SenderPort;
  close(): Promise<void>;
}

export interface SenderPort {
  createMessageBatch(): Promise<MessageBatch>;
  sendMessages(messages: readonly OutgoingMessage[] | MessageBatch): Promise<void>;
  close(): Promise<void>;
}

export interface OutgoingMessage {
  readonly body: Uint8Array;
}

export interface MessageBatch {
  readonly count: number;
  /** False: there is no room for it. */
  tryAddMessage(message: OutgoingMessage): boolean;
}

export interface ReceiverOptions {
  readonly receiveMode: "peekLock";
  /** 0: the client renews none. */
  readonly maxAutoLockRenewalDurationInMs: 0;
  readonly skipParsingBodyAsJson: true;
}

export interface SessionOptions extends ReceiverOptions {
  readonly abortSignal: AbortSignal;
}

export interface ReceiverPort {
  /** Without sessions only. The client itself tries again, for ever, whatever happens. */
  subscribe(
    handlers: {
      readonly processMessage: (message: BusMessage) => Promise<void>;
      readonly processError: (about: { readonly error: Error }) => Promise<void>;
    },
    options: { readonly autoCompleteMessages: boolean; readonly maxConcurrentCalls: number },
  ): { close(): Promise<void> };
  receiveMessages(
    count: number,
    options: { readonly maxWaitTimeInMs: number; readonly abortSignal: AbortSignal },
  ): Promise<readonly BusMessage[]>;
  peekMessages(count: number, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
  completeMessage(message: BusMessage): Promise<void>;
  abandonMessage(message: BusMessage): Promise<void>;
  /** Not of messages of a session. Until when it is locked then. */
  renewMessageLock(message: BusMessage): Promise<Date>;
  close(): Promise<void>;
}

export interface SessionPort extends ReceiverPort {
  readonly sessionLockedUntilUtc: Date;
  renewSessionLock(): Promise<Date>;
}

export interface BusMessage {
  readonly body: unknown;
  readonly messageId?: unknown;
  readonly contentType?: string;
  readonly correlationId?: unknown;
  readonly subject?: string;
  readonly to?: string;
  readonly replyTo?: string;
  readonly sessionId?: string;
  readonly lockToken?: string;
  readonly lockedUntilUtc?: Date;
  readonly deliveryCount?: number;
  readonly sequenceNumber?: unknown;
  readonly enqueuedTimeUtc?: Date;
  readonly expiresAtUtc?: Date;
  readonly deadLetterSource?: string;
  readonly applicationProperties?: { readonly [name: string]: unknown };
  /** Not among what the client documents. */
  readonly delivery?: { readonly link?: { is_open(): boolean } };
}
