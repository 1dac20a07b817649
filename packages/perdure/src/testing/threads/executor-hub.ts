import { ProcessOfHub } from "../../client/process-of-hub.ts";
import { createTypedClient } from "../../client/typed-client.ts";
import type { WorkerSettings } from "../../engine/options.ts";
import type { Worker } from "../../engine/worker.ts";
import { createWorker } from "../../engine/worker.ts";
import { createHttpManagement } from "../../http/http-management.ts";
import type { DurableClient } from "../../index.ts";
import type { Executor } from "../../model/executor.ts";
import { jsonCodec } from "../../model/payload.ts";
import { realClock, realIds, realScheduler } from "../../process/real-time.ts";
import { installDeterministicGlobals } from "../../replay/globals/deterministic-globals.ts";
import type { Store } from "../../store/contract.ts";
import { openStore } from "../../task-hub/open-store.ts";
import { silentLog } from "../../telemetry/engine-log.ts";

export interface ExecutorHubOptions {
  readonly storeUrl: string;
  readonly executor: Executor;
  /** Stands between the worker and the store. */
  readonly around?: (store: Store) => Store;
  readonly settings?: Partial<WorkerSettings>;
}

/** A worker and its client in real time, on any store and with any executor: `TaskHub` has the native one alone. */
export class ExecutorHub implements AsyncDisposable {
  readonly client: DurableClient;
  readonly worker: Worker;
  readonly store: Store;
  readonly #executor: Executor;
  readonly #process: ProcessOfHub;
  readonly #uninstallGlobals: () => void;

  static async open(options: ExecutorHubOptions): Promise<ExecutorHub> {
    const hub = new ExecutorHub(options, await openStore(options.storeUrl));
    await hub.worker.start();
    return hub;
  }

  private constructor({ executor, around = (inner) => inner, settings = {} }: ExecutorHubOptions, opened: Store) {
    this.#uninstallGlobals = installDeterministicGlobals();
    const store = around(opened);
    const [ids, scheduler] = [realIds(), realScheduler(true)];
    this.store = store;
    this.#executor = executor;
    const parts = { store, executor, clock: realClock, scheduler, ids, log: silentLog, host: "executor-hub", codeVersion: "v1" };
    this.worker = createWorker(parts, settings);
    const now = () => Date.now();
    const onEnds: Store["onEnds"] = (listener) => store.onEnds(listener);
    this.#process = new ProcessOfHub({ store, ids, maxPayloadBytes: 1_000_000, now, clock: realClock, scheduler, onEnds });
    this.#process.connect(this.worker);
    const { client } = this.#process;
    const names = { taskHub: "ExecutorHub", connectionName: "Storage", basePath: "/", publicOrigin: "http://localhost" };
    const answers = createHttpManagement({ client, ...names, keys: [], forwardedHost: false });
    this.client = createTypedClient({ client, codec: jsonCodec, maxJsonDepth: 1_000, answers, now: () => this.#process.now });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.worker.stop();
    await this.#executor.close();
    this.#process.waits.close();
    this.#uninstallGlobals();
    await this.store.close();
  }
}
