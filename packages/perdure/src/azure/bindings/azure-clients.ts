import { fault } from "../../errors/perdure-error.ts";
import { isRecord } from "../../model/options.ts";
import { errorText } from "../../telemetry/value-text.ts";
import { packageOf } from "../package-of-app.ts";
import type { BlobServicePort, QueueServicePort, ServiceBusPort } from "./client-ports.ts";

/** Optional: an app without bindings to storage and Service Bus needs none of them. */
const PACKAGES = { queue: "@azure/storage-queue", blob: "@azure/storage-blob", serviceBus: "@azure/service-bus" } as const;

export type Service = keyof typeof PACKAGES;

/** What needs a client: named when it is missing. */
export interface ClientUser {
  readonly function: string;
  readonly binding: string;
  readonly service: Service;
  /** Name of the setting with the connection string; "": the default one of storage. */
  readonly connection: string;
}

export interface ClientSources {
  /** Of the app: its own packages come first. */
  readonly folder: string;
  readonly variables: { readonly [name: string]: string | undefined };
}

/** A few quick attempts; what looks for messages tries again by itself, and says so. */
const RETRIES = { retryOptions: { maxTries: 3, retryDelayInMs: 300, maxRetryDelayInMs: 2_000 } };

/** As the client for .NET; that for JavaScript waits for 30 s each time. 0: twice as long each time. */
const BUS_RETRIES = { retryOptions: { mode: 0, maxRetries: 3, retryDelayInMs: 800, maxRetryDelayInMs: 30_000 } };

export const DEFAULT_CONNECTION = "AzureWebJobsStorage";

/** The clients of an app, one for each connection string. Errors name what needs the client. */
export class AzureClients {
  readonly #sources: ClientSources;
  readonly #modules = new Map<Service, { readonly [name: string]: unknown }>();
  readonly #clients = new Map<string, unknown>();

  constructor(sources: ClientSources) {
    this.#sources = sources;
  }

  queues(user: Omit<ClientUser, "service">): QueueServicePort {
    return this.#client({ ...user, service: "queue" }, "QueueServiceClient", "fromConnectionString") as QueueServicePort;
  }

  blobs(user: Omit<ClientUser, "service">): BlobServicePort {
    return this.#client({ ...user, service: "blob" }, "BlobServiceClient", "fromConnectionString") as BlobServicePort;
  }

  serviceBus(user: Omit<ClientUser, "service">): ServiceBusPort {
    return this.#client({ ...user, service: "serviceBus" }, "ServiceBusClient", null) as ServiceBusPort;
  }

  /** Connections of Service Bus are held open; storage has none. */
  async close(): Promise<void> {
    const closing = [...this.#clients.values()].map((client) => (hasClose(client) ? client.close() : null));
    this.#clients.clear();
    await Promise.allSettled(closing);
  }

  /** `factory`: its static method that takes a connection string; null: its constructor does. */
  #client(user: ClientUser, className: string, factory: string | null): unknown {
    const text = this.#connectionString(user);
    const key = `${user.service} ${text}`;
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const found = this.#module(user)[className];
    if (typeof found !== "function") {
      throw fault(
        "BINDING_UNUSABLE",
        user.function,
        user.binding,
        `the package ${PACKAGES[user.service]} has no ${className}; install a newer one`,
      );
    }
    const client = made(user, found, factory, text);
    this.#clients.set(key, client);
    return client;
  }

  #module(user: ClientUser): { readonly [name: string]: unknown } {
    const known = this.#modules.get(user.service);
    if (known !== undefined) return known;
    const name = PACKAGES[user.service];
    const loaded = packageOf(this.#sources.folder, name);
    if (loaded === null) throw fault("AZURE_CLIENT_MISSING", user.function, user.binding, name, this.#sources.folder);
    this.#modules.set(user.service, loaded);
    return loaded;
  }

  #connectionString(user: ClientUser): string {
    const name = user.connection === "" ? defaultConnection(user.service) : user.connection;
    const { variables } = this.#sources;
    for (const one of [name, `AzureWebJobs${name}`, `ConnectionStrings:${name}`]) {
      const text = variables[one];
      if (text !== undefined && text !== "") return text;
    }
    throw fault("CONNECTION_MISSING", user.function, user.binding, name);
  }
}

const defaultConnection = (service: Service): string => (service === "serviceBus" ? "AzureWebJobsServiceBus" : DEFAULT_CONNECTION);

/** Their constructors throw what says nothing of the binding. */
function made(user: ClientUser, Client: object, factory: string | null, text: string): unknown {
  try {
    if (factory !== null) return (Reflect.get(Client, factory) as (text: string, options: object) => unknown).call(Client, text, RETRIES);
    return Reflect.construct(Client as new (text: string, options: object) => unknown, [text, BUS_RETRIES]);
  } catch (error) {
    const why = errorText(error).replace(/\.$/, "");
    throw fault("BINDING_UNUSABLE", user.function, user.binding, `its connection string was refused: ${why}`);
  }
}

const hasClose = (client: unknown): client is { close(): Promise<void> } => isRecord(client) && typeof client.close === "function";
