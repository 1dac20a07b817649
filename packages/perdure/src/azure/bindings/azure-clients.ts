import { fault } from "../../errors/perdure-error.ts";
import { isRecord } from "../../model/options.ts";
import { errorText } from "../../telemetry/value-text.ts";
import { packageOf } from "../package-of-app.ts";
import type { BlobServicePort, QueueServicePort, ServiceBusPort } from "./client-ports.ts";
import type { Connection, Identity, Service } from "./connections.ts";
import { connectionOf, credentialOf } from "./connections.ts";

/** What needs a client: named when it is missing. */
export interface ClientUser {
  readonly function: string;
  readonly binding: string;
  readonly service: Service;
  /** Name of the setting with the connection string, or of settings for an identity; "": the default one of the service. */
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

/** Optional: an app without bindings to storage and Service Bus needs none of them. `factory`: the static method that takes a connection string; null: the constructor. */
const CLIENTS = {
  queue: { package: "@azure/storage-queue", className: "QueueServiceClient", factory: "fromConnectionString", options: RETRIES },
  blob: { package: "@azure/storage-blob", className: "BlobServiceClient", factory: "fromConnectionString", options: RETRIES },
  serviceBus: { package: "@azure/service-bus", className: "ServiceBusClient", factory: null, options: BUS_RETRIES },
} as const;
const IDENTITY = "@azure/identity";

export const DEFAULT_CONNECTION = "AzureWebJobsStorage";

/** The clients of an app, one for each connection string. Errors name what needs the client. */
export class AzureClients {
  readonly #sources: ClientSources;
  readonly #modules = new Map<string, { readonly [name: string]: unknown }>();
  readonly #clients = new Map<string, unknown>();

  constructor(sources: ClientSources) {
    this.#sources = sources;
  }

  queues(user: Omit<ClientUser, "service">): QueueServicePort {
    return this.#client({ ...user, service: "queue" }) as QueueServicePort;
  }

  blobs(user: Omit<ClientUser, "service">): BlobServicePort {
    return this.#client({ ...user, service: "blob" }) as BlobServicePort;
  }

  serviceBus(user: Omit<ClientUser, "service">): ServiceBusPort {
    return this.#client({ ...user, service: "serviceBus" }) as ServiceBusPort;
  }

  /** Connections of Service Bus are held open; storage has none. */
  async close(): Promise<void> {
    const closing = [...this.#clients.values()].map((client) => (hasClose(client) ? client.close() : null));
    this.#clients.clear();
    await Promise.allSettled(closing);
  }

  #client(user: ClientUser): unknown {
    const connection = this.#connection(user);
    const key = JSON.stringify([user.service, connection]);
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const { package: name, className } = CLIENTS[user.service];
    const Client = this.#classOf(user, name, className);
    const client = connection.kind === "text" ? byText(user, Client, connection.text) : this.#byIdentity(user, Client, connection);
    this.#clients.set(key, client);
    return client;
  }

  #byIdentity(user: ClientUser, Client: object, { address, identity }: Extract<Connection, { readonly kind: "identity" }>): unknown {
    const credential = this.#credential(user, identity);
    const { options } = CLIENTS[user.service];
    return made(user, `its address "${address}"`, () => Reflect.construct(Client as Constructor, [address, credential, options]));
  }

  #credential(user: ClientUser, identity: Identity): unknown {
    const { className, given } = credentialOf(identity);
    const Credential = this.#classOf(user, IDENTITY, className);
    return made(user, "its identity", () => Reflect.construct(Credential as Constructor, given));
  }

  #classOf(user: ClientUser, name: string, className: string): object {
    const found = this.#module(user, name)[className];
    if (typeof found === "function") return found;
    throw fault("BINDING_UNUSABLE", user.function, user.binding, `the package ${name} has no ${className}; install a newer one`);
  }

  #module(user: ClientUser, name: string): { readonly [name: string]: unknown } {
    const known = this.#modules.get(name);
    if (known !== undefined) return known;
    const loaded = packageOf(this.#sources.folder, name);
    if (loaded === null) throw fault("AZURE_CLIENT_MISSING", user.function, user.binding, name, this.#sources.folder);
    this.#modules.set(name, loaded);
    return loaded;
  }

  #connection(user: ClientUser): Connection {
    const name = user.connection === "" ? defaultConnection(user.service) : user.connection;
    const connection = connectionOf(user.service, name, this.#sources.variables);
    if (connection === null) throw fault("CONNECTION_MISSING", user.function, user.binding, name);
    return connection;
  }
}

const defaultConnection = (service: Service): string => (service === "serviceBus" ? "AzureWebJobsServiceBus" : DEFAULT_CONNECTION);

type Constructor = new (...given: readonly unknown[]) => unknown;

function byText(user: ClientUser, Client: object, text: string): unknown {
  const { factory, options } = CLIENTS[user.service];
  return made(user, "its connection string", () => {
    if (factory === null) return Reflect.construct(Client as Constructor, [text, options]);
    return (Reflect.get(Client, factory) as (text: string, options: object) => unknown).call(Client, text, options);
  });
}

/** Their constructors throw what says nothing of the binding. */
function made(user: ClientUser, what: string, make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    throw fault("BINDING_UNUSABLE", user.function, user.binding, `${what} was refused: ${errorText(error).replace(/\.$/, "")}`);
  }
}

const hasClose = (client: unknown): client is { close(): Promise<void> } => isRecord(client) && typeof client.close === "function";
