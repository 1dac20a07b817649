import type { DurableClient, LogEntry, RegisteredFunction } from "perdure";
import { ProcessOfHub } from "../../src/client/process-of-hub.ts";
import { createTypedClient } from "../../src/client/typed-client.ts";
import type { HubClient } from "../../src/client/types.ts";
import type { WorkerSettings } from "../../src/engine/options.ts";
import type { Worker } from "../../src/engine/worker.ts";
import { createWorker } from "../../src/engine/worker.ts";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import { createHttpManagement } from "../../src/http/http-management.ts";
import type { Executor } from "../../src/model/executor.ts";
import { jsonCodec } from "../../src/model/payload.ts";
import type { Store } from "../../src/store/contract.ts";
import { StoreRefusalError } from "../../src/store/errors.ts";
import { Random } from "../../src/testing/random.ts";
import type { SimWorld, StoreKind } from "../../src/testing/simulation/world.ts";
import { createSimWorld } from "../../src/testing/simulation/world.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import { NodeTime, seededIds } from "../../src/testing/virtual-time.ts";

/**
 * What every call to the store meets: it answers · it says at once that it writes nothing (a full disk, a standby), and still reads · it says so
 * after 4 seconds (a locked file) · the connection breaks before anything arrives, or after it was done · nothing ever comes back.
 */
export const MOODS = ["answers", "full", "locked", "lost", "done", "hangs"] as const;
export type Mood = (typeof MOODS)[number];

const READS: ReadonlySet<string> = new Set([
  "getInstance",
  "readInstances",
  "readEnded",
  "query",
  "readHistory",
  "readWorkers",
  "look",
  "load",
  "loadHistory",
  "readOwned",
]);
const LOCKED_MS = 4_000;

export interface AwayOptions {
  readonly store?: StoreKind;
  readonly functions: readonly RegisteredFunction[];
  readonly settings?: Partial<WorkerSettings>;
  /** Calls that are answered whatever happens. */
  readonly spared?: readonly string[];
  /** False: a client alone. */
  readonly worker?: boolean;
  /** Runs the functions elsewhere, or later. */
  readonly executor?: (native: Executor, time: NodeTime) => Executor;
  /** Stands between the worker and the store, besides the mood. */
  readonly around?: (store: Store, time: NodeTime) => Store;
}

/** A worker and a client in virtual time, on a store that can be away in every way. */
export class AwayHub implements AsyncDisposable {
  readonly sim: SimWorld;
  readonly time: NodeTime;
  readonly worker: Worker;
  readonly hubClient: HubClient;
  readonly client: DurableClient;
  readonly log: LogEntry[] = [];
  #mood: Mood = "answers";
  #hanging: (() => void)[] = [];
  readonly calls: string[] = [];

  private constructor(sim: SimWorld, options: AwayOptions) {
    this.sim = sim;
    this.time = new NodeTime(sim.world, 0);
    const ids = seededIds(new Random(1));
    const { executor: elsewhere = (native) => native, around = (store) => store } = options;
    const store = around(this.#moody(sim.store, options.spared ?? []), this.time);
    const log = { enabled: () => true, write: (entry: LogEntry) => void this.log.push(entry) };
    const native = createNativeExecutor({ functions: new FunctionRegistry(options.functions), scheduler: this.time });
    const executor = elsewhere(native, this.time);
    const parts = { store, executor, clock: this.time, scheduler: this.time, ids, log, host: "away", codeVersion: "v1" };
    const settings = { leaseMs: 1_000_000, renewEveryMs: 3_000, sweepEveryMs: 100_000_000, ...options.settings };
    this.worker = createWorker(parts, settings);
    const hub = new ProcessOfHub({
      store,
      ids,
      maxPayloadBytes: 1_000_000,
      now: sim.calendar.now,
      clock: this.time,
      scheduler: this.time,
    });
    if (options.worker !== false) hub.connect(this.worker);
    this.hubClient = hub.client;
    const http = { taskHub: "Away", connectionName: "Storage", basePath: "/x", publicOrigin: "http://localhost", keys: [] };
    const answers = createHttpManagement({ client: this.hubClient, ...http, forwardedHost: false });
    this.client = createTypedClient({ client: this.hubClient, codec: jsonCodec, maxJsonDepth: 1_000, answers, now: sim.calendar.now });
  }

  get mood(): Mood {
    return this.#mood;
  }

  /** Connections on which nothing came back break when the store answers again. */
  set mood(mood: Mood) {
    this.#mood = mood;
    if (mood === "hangs") return;
    for (const breaks of this.#hanging.splice(0)) this.sim.world.after(1, breaks);
  }

  static async open(options: AwayOptions): Promise<AwayHub> {
    const hub = new AwayHub(await createSimWorld(options.store ?? "memory"), options);
    if (options.worker === false) return hub;
    await hub.settled(hub.worker.start());
    return hub;
  }

  /** Lets time pass until the promise is settled; how it was, and after how long. Fails when that takes more than a minute. */
  async settled<T>(promise: Promise<T>): Promise<{ readonly afterMs: number; readonly value: T | null; readonly error: unknown }> {
    const began = this.sim.world.monotonicMs();
    let settled: { readonly value: T | null; readonly error: unknown } | null = null;
    promise.then(
      (value) => {
        settled = { value, error: null };
      },
      (error: unknown) => {
        settled = { value: null, error };
      },
    );
    await this.sim.world.runUntil(() => settled !== null, 60_000);
    if (settled === null) throw new Error(`not settled after ${this.sim.world.monotonicMs() - began} ms`);
    return { afterMs: this.sim.world.monotonicMs() - began, ...(settled as { readonly value: T | null; readonly error: unknown }) };
  }

  pass(ms: number): Promise<void> {
    return this.sim.world.advance(ms);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.worker.kill();
    await this.sim.dispose();
  }

  #moody(store: Store, spared: readonly string[]): Store {
    return interceptStore(store, async (method, call) => {
      this.calls.push(method);
      await this.sim.world.sleep(1);
      const { mood } = this;
      const isRead = READS.has(method);
      if (mood === "answers" || spared.includes(method) || (isRead && (mood === "full" || mood === "locked"))) return call();
      if (mood === "locked") await this.sim.world.sleep(LOCKED_MS);
      if (mood === "done") await call();
      if (mood === "hangs") await new Promise<void>((breaks) => this.#hanging.push(breaks));
      const detail = `the store is away (${mood})`;
      throw new StoreRefusalError({ kind: mood === "full" || mood === "locked" ? "busy" : "unknown", detail });
    });
  }
}
