import type { QueueEncoding } from "../bindings/queue-text.ts";
import type { HostSettings } from "../settings/host-settings.ts";

/** What host.json says of triggers, with the defaults of Azure. Times in ms. */
export interface TriggerSettings {
  readonly queues: QueueSettings;
  readonly blobs: BlobSettings;
  readonly serviceBus: ServiceBusSettings;
}

export interface QueueSettings {
  /** Messages that are taken at once. */
  readonly batchSize: number;
  /** More are taken when no more than this many are in work. */
  readonly newBatchThreshold: number;
  readonly maxDequeueCount: number;
  /** Until a message whose function failed comes again. */
  readonly retryAfterMs: number;
  /** Pauses of an empty queue double up to this. */
  readonly longestPauseMs: number;
  /** A taken message is hidden for this long, and again at half of it: it comes back when the process dies. */
  readonly hiddenMs: number;
  readonly encoding: QueueEncoding;
}

export interface BlobSettings {
  /** Blobs that are in work at once. */
  readonly maxDegreeOfParallelism: number;
  /** Attempts before a blob is poison. */
  readonly poisonBlobThreshold: number;
  /** Between two looks at a container without a new blob, at most. */
  readonly longestPauseMs: number;
}

export interface ServiceBusSettings {
  readonly maxConcurrentCalls: number;
  readonly maxConcurrentSessions: number;
  readonly autoCompleteMessages: boolean;
  readonly maxAutoLockRenewalMs: number;
  /** Of functions that take many messages. */
  readonly maxMessageBatchSize: number;
  /** A session is given back when no message came for this long. */
  readonly sessionIdleMs: number;
}

export const DEFAULT_TRIGGER_SETTINGS: TriggerSettings = {
  queues: {
    ...{ batchSize: 16, newBatchThreshold: 8, maxDequeueCount: 5, retryAfterMs: 0, longestPauseMs: 60_000, hiddenMs: 60_000 },
    encoding: "base64",
  },
  blobs: { maxDegreeOfParallelism: 8, poisonBlobThreshold: 5, longestPauseMs: 10_000 },
  serviceBus: {
    ...{ maxConcurrentCalls: 16, maxConcurrentSessions: 8, autoCompleteMessages: true, maxAutoLockRenewalMs: 300_000 },
    ...{ maxMessageBatchSize: 1_000, sessionIdleMs: 60_000 },
  },
};

export function triggerSettings(host: HostSettings): TriggerSettings {
  const { queues, blobs, serviceBus } = DEFAULT_TRIGGER_SETTINGS;
  const batchSize = host.get("extensions.queues.batchSize") ?? queues.batchSize;
  return {
    queues: {
      batchSize,
      newBatchThreshold: host.get("extensions.queues.newBatchThreshold") ?? Math.floor(batchSize / 2),
      maxDequeueCount: host.get("extensions.queues.maxDequeueCount") ?? queues.maxDequeueCount,
      retryAfterMs: host.get("extensions.queues.visibilityTimeout") ?? queues.retryAfterMs,
      longestPauseMs: host.get("extensions.queues.maxPollingInterval") ?? queues.longestPauseMs,
      hiddenMs: queues.hiddenMs,
      encoding: host.get("extensions.queues.messageEncoding") ?? queues.encoding,
    },
    blobs: {
      ...blobs,
      maxDegreeOfParallelism: host.get("extensions.blobs.maxDegreeOfParallelism") ?? blobs.maxDegreeOfParallelism,
      poisonBlobThreshold: host.get("extensions.blobs.poisonBlobThreshold") ?? blobs.poisonBlobThreshold,
    },
    serviceBus: {
      maxConcurrentCalls: host.get("extensions.serviceBus.maxConcurrentCalls") ?? serviceBus.maxConcurrentCalls,
      maxConcurrentSessions: host.get("extensions.serviceBus.maxConcurrentSessions") ?? serviceBus.maxConcurrentSessions,
      autoCompleteMessages: host.get("extensions.serviceBus.autoCompleteMessages") ?? serviceBus.autoCompleteMessages,
      maxAutoLockRenewalMs: host.get("extensions.serviceBus.maxAutoLockRenewalDuration") ?? serviceBus.maxAutoLockRenewalMs,
      maxMessageBatchSize: host.get("extensions.serviceBus.maxMessageBatchSize") ?? serviceBus.maxMessageBatchSize,
      sessionIdleMs: host.get("extensions.serviceBus.sessionIdleTimeout") ?? serviceBus.sessionIdleMs,
    },
  };
}
