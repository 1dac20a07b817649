import type { BlobTrigger } from "../../app-threads/guest.ts";
import { fault } from "../../errors/perdure-error.ts";
import type { EngineLog } from "../../telemetry/engine-log.ts";
import type { AzureClients } from "../bindings/azure-clients.ts";
import { DEFAULT_CONNECTION } from "../bindings/azure-clients.ts";
import { contentOf } from "../bindings/blob-content.ts";
import type { BlobServicePort, QueuePort } from "../bindings/client-ports.ts";
import { BlobPattern, hasExpressions, splitPath } from "../bindings/expressions.ts";
import { jsonObject } from "../bindings/json-object.ts";
import { encodedText } from "../bindings/queue-text.ts";
import { madeIfAbsent } from "../bindings/service-answers.ts";
import type { BlobVersion } from "./blob-receipts.ts";
import { BlobReceipts, bareEtag } from "./blob-receipts.ts";
import { BlobScan } from "./blob-scan.ts";
import type { Invoke } from "./function-calls.ts";
import { FunctionCalls } from "./function-calls.ts";
import { json, systemMetadata, text } from "./metadata.ts";
import { Polling } from "./polling.ts";
import { QueueWorker } from "./queue-worker.ts";
import { TriggerLog } from "./trigger-log.ts";
import type { TriggerSettings } from "./trigger-settings.ts";

const POISON = "webjobs-blobtrigger-poison";
const FIRST_TYPE = "BlockBlob";

/** As the host of Azure names a function in receipts and messages. */
const functionIdOf = (name: string): string => `Host.Functions.${name}`;

interface BlobFunction {
  readonly calls: FunctionCalls;
  readonly pattern: BlobPattern;
  readonly service: BlobServicePort;
}

export interface BlobTriggersParts {
  readonly triggers: readonly BlobTrigger[];
  readonly clients: AzureClients;
  readonly settings: TriggerSettings;
  /** Names the receipts and the queue of this app. */
  readonly hostId: string;
  readonly invoke: Invoke;
  readonly log: EngineLog;
}

/**
 * Functions that are called for new blobs and new versions of blobs. Every worker looks through their containers; what it finds goes into a queue of the app in
 * storage, once by a receipt, and from there to the worker that takes it first. Attempts and poison are those of the queue.
 */
export class BlobTriggers {
  readonly #functions = new Map<string, BlobFunction>();
  readonly #scans: readonly Polling[];
  readonly #worker: QueueWorker;

  /** Throws when a client or a connection is missing, or a path cannot be looked through. */
  constructor({ triggers, clients, settings, hostId, invoke, log }: BlobTriggersParts) {
    const [first] = triggers;
    if (first === undefined) throw fault("INTERNAL", "blob triggers without a function");
    const queues = clients.queues({ function: first.name, binding: "blob trigger", connection: DEFAULT_CONNECTION });
    const hosts = clients.blobs({ function: first.name, binding: "blob trigger", connection: DEFAULT_CONNECTION });
    const queue = queues.getQueueClient(`azure-webjobs-blobtrigger-${hostId}`);
    const receipts = new BlobReceipts(hosts, hostId);
    this.#scans = byContainer(triggers).map(({ container, connection, members }) => {
      const source = new TriggerLog(
        log,
        `the container "${container}" of the functions ${members.map(({ name }) => `"${name}"`).join(", ")}`,
        {
          container,
        },
      );
      const service = clients.blobs({ function: members[0]?.name ?? "", binding: "blob trigger", connection });
      const functions = members.map((trigger) => {
        const pattern = new BlobPattern(splitPath(trigger.path).blob);
        const functionId = functionIdOf(trigger.name);
        this.#functions.set(functionId.toLowerCase(), { calls: new FunctionCalls(trigger, invoke, source), pattern, service });
        return { functionId, pattern };
      });
      const take = (version: BlobVersion, { properties }: { readonly properties: { readonly blobType?: string } }) =>
        announced(queue, version, properties.blobType ?? FIRST_TYPE);
      const scan = new BlobScan({ container: service.getContainerClient(container), containerName: container, functions, receipts, take });
      return new Polling({ longestPauseMs: settings.blobs.longestPauseMs, log: source, poll: (signal) => scan.look(signal) });
    });
    const announcements = new TriggerLog(log, "the queue of new blobs", { queue: `azure-webjobs-blobtrigger-${hostId}` });
    const { maxDegreeOfParallelism, poisonBlobThreshold, longestPauseMs } = settings.blobs;
    this.#worker = new QueueWorker({
      ...{ queue, poison: queues.getQueueClient(POISON), log: announcements },
      settings: {
        ...{ ...settings.queues, encoding: "base64", longestPauseMs, maxDequeueCount: poisonBlobThreshold },
        ...{ batchSize: maxDegreeOfParallelism, newBatchThreshold: maxDegreeOfParallelism - 1 },
      },
      handle: (message) => this.#handle(message),
    });
  }

  start(): void {
    for (const scan of this.#scans) scan.start();
    this.#worker.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#scans.map((scan) => scan.stop()), this.#worker.stop()]);
  }

  /** A version that was overwritten or deleted meanwhile is left out: the new one has a message of its own. */
  async #handle(message: string): Promise<boolean> {
    const version = parsedMessage(message);
    const found = version === null ? undefined : this.#functions.get(version.functionId.toLowerCase());
    if (version === null || found === undefined) return false;
    const { container, blob, etag } = version;
    const client = found.service.getContainerClient(container).getBlockBlobClient(blob);
    const content = await contentOf(client, (properties) => bareEtag(properties.etag ?? "") === etag);
    if (content === null) return true;
    const { bytes, properties } = content;
    const { contentLength, contentType, lastModified, metadata = {} } = properties;
    return await found.calls.run(
      { kind: "bytes", bytes },
      {
        ...Object.fromEntries(Object.entries(found.pattern.match(blob) ?? {}).map(([name, value]) => [name, text(value)])),
        BlobTrigger: text(`${container}/${blob}`),
        Uri: json(client.url),
        Properties: json({ ETag: properties.etag, ContentLength: contentLength, ContentType: contentType, LastModified: lastModified }),
        Metadata: json(metadata),
        ...systemMetadata(found.calls.name),
      },
    );
  }
}

interface ContainerOfFunctions {
  readonly container: string;
  readonly connection: string;
  readonly members: readonly BlobTrigger[];
}

function byContainer(triggers: readonly BlobTrigger[]): readonly ContainerOfFunctions[] {
  const groups = Map.groupBy(triggers, ({ name, path, connection }) => {
    const { container } = splitPath(path);
    if (container === "") throw fault("BINDING_UNUSABLE", name, "blob trigger", "it has no path");
    if (hasExpressions(container)) {
      throw fault("BINDING_UNUSABLE", name, "blob trigger", `the container of its path "${path}" must be one, without expressions`);
    }
    return JSON.stringify([container, connection]);
  });
  return [...groups.values()].map((members) => {
    const [{ path, connection } = { path: "", connection: "" }] = members;
    return { container: splitPath(path).container, connection, members };
  });
}

/** As the host of Azure writes it, so that what is in the queue when an app is moved is taken up. */
async function announced(queue: QueuePort, { functionId, container, blob, etag }: BlobVersion, type: string): Promise<void> {
  const message = {
    Type: "BlobTrigger",
    FunctionId: functionId,
    BlobType: type,
    ContainerName: container,
    BlobName: blob,
    ETag: `"${etag}"`,
  };
  await madeIfAbsent(() => queue.sendMessage(encodedText(JSON.stringify(message), "base64")), queue);
}

function parsedMessage(message: string): BlobVersion | null {
  const value = jsonObject(message);
  if (value === null) return null;
  const [functionId, container, blob, etag] = [value.FunctionId, value.ContainerName, value.BlobName, value.ETag];
  if (typeof functionId !== "string" || typeof container !== "string" || typeof blob !== "string" || typeof etag !== "string") return null;
  return { functionId, container, blob, etag: bareEtag(etag) };
}
