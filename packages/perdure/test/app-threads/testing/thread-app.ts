import { appFunctions } from "../../../src/app-threads/app-functions.ts";
import type { AppThreads, AppThreadsOptions } from "../../../src/app-threads/app-threads.ts";
import type { GuestSetup } from "../../../src/app-threads/guest.ts";
import { startAppThreads } from "../../../src/app-threads/start-app-threads.ts";
import { wrapExecutor } from "../../../src/executors/wrap-executor.ts";
import type { HttpHandlerOptions, HttpServer } from "../../../src/http/index.ts";
import { createHttpHandler, serveHttp } from "../../../src/http/index.ts";
import type { DurableClient } from "../../../src/index.ts";
import { TaskHub } from "../../../src/index.ts";
import type { Duration } from "../../../src/model/duration.ts";
import type { LogEntry } from "../../../src/telemetry/engine-log.ts";
import { workerEntry } from "../../../src/worker-entry.ts";

export const setupOf = (file: URL | string, more: Partial<GuestSetup> = {}): GuestSetup => ({
  guest: workerEntry(import.meta.url, "../../../src/app-threads/native-guest").href,
  ...{ app: "the app of the test", folder: process.cwd(), files: [new URL(file, import.meta.url).pathname], taskHub: "ThreadApp" },
  ...{ publicOrigin: "http://localhost", keys: [], forwardedHost: false, maxPayloadBytes: 1_000_000, maxJsonDepth: 100 },
  versions: { defaultVersion: null, match: "None", failure: "Reject" },
  levels: { engine: "debug", functions: "debug" },
  ...more,
});

export interface ThreadAppOptions extends Partial<Omit<AppThreadsOptions, "setup" | "log" | "functionLog">> {
  readonly file?: URL | string;
  readonly storeUrl?: string;
  readonly http?: HttpHandlerOptions;
  readonly drainTimeout?: Duration;
  /** Of another guest than the native one. */
  readonly setup?: Partial<GuestSetup>;
  /** Goes with it: the folder of the app. */
  readonly owns?: Disposable;
}

interface ThreadAppParts {
  readonly hub: TaskHub;
  readonly threads: AppThreads;
  readonly server: HttpServer;
  readonly said: readonly LogEntry[];
  readonly owns: Disposable | undefined;
}

/** As `perdure start`: a hub and its HTTP server here, the app on threads. */
export class ThreadApp implements AsyncDisposable {
  readonly hub: TaskHub;
  readonly threads: AppThreads;
  readonly server: HttpServer;
  readonly said: readonly LogEntry[];

  static async open({
    file = "./faulty-app.ts",
    storeUrl = "memory:",
    http = {},
    drainTimeout = "10s",
    setup = {},
    owns,
    ...more
  }: ThreadAppOptions = {}): Promise<ThreadApp> {
    const said: LogEntry[] = [];
    const log = { enabled: () => true, write: (entry: LogEntry) => void said.push(entry) };
    const options = { threads: 1, memoryMb: null, functionTimeoutMs: 60_000, ...more };
    const threads = await startAppThreads({ setup: setupOf(file, setup), log, functionLog: log, ...options });
    const executor = wrapExecutor(threads, { close: async () => threads.drain() });
    const hub = await TaskHub.open(storeUrl, {
      functions: appFunctions(threads),
      executor,
      log,
      drainTimeout,
      codeVersion: threads.info.codeVersion || "of the test",
    });
    threads.connect({ client: hub.hubClient, now: () => hub.now });
    const server = await serveHttp({ handler: createHttpHandler(hub, http), port: 0 });
    await hub.start();
    return new ThreadApp({ hub, threads, server, said, owns });
  }

  readonly #owns: Disposable | undefined;

  private constructor({ hub, threads, server, said, owns }: ThreadAppParts) {
    this.hub = hub;
    this.threads = threads;
    this.server = server;
    this.said = said;
    this.#owns = owns;
  }

  get client(): DurableClient {
    return this.hub.client;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.server.url}/api/${path}`, { signal: AbortSignal.timeout(30_000), ...init });
  }

  events(event: string): readonly LogEntry[] {
    return this.said.filter((entry) => entry.event === event);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close({ timeoutMs: 0 });
    await this.hub.close();
    await this.threads.close();
    this.#owns?.[Symbol.dispose]();
  }
}
