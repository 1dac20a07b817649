import type { ProcessOfHub } from "../client/process-of-hub.ts";
import { defineSchedules } from "../client/schedules.ts";
import type { StoreClient } from "../client/types.ts";
import type { WorkerSettings } from "../engine/options.ts";
import { DEFAULT_WORKER_SETTINGS } from "../engine/options.ts";
import { within } from "../engine/time/within.ts";
import { fault } from "../errors/perdure-error.ts";
import type { DurableClient } from "../functions/client-types.ts";
import type { FunctionRegistry } from "../functions/registry.ts";
import type { ScheduleClient } from "../functions/schedule-client.ts";
import type { HttpDefaults, Readiness } from "../http/served-hub.ts";
import type { Executor } from "../model/executor.ts";
import type { Scheduler } from "../process/clock.ts";
import { inEngine } from "../process/code-scope.ts";
import { realClock, realIds, realScheduler } from "../process/real-time.ts";
import type { Store, StoreCapabilities } from "../store/contract.ts";
import { refusalText } from "../store/errors.ts";
import type { HookRuns } from "./hook-runs.ts";
import { hubSettings } from "./hub-settings.ts";
import type { HubMetrics } from "./metrics/hub-metrics.ts";
import type { LoadedObservers } from "./observers.ts";
import { loadObservers, Observers } from "./observers.ts";
import { storeOpener } from "./open-store.ts";
import type { HubSettings, TaskHubOptions } from "./options.ts";
import { processName } from "./process-name.ts";

const hubCode = () => import("./hub-code.ts");
type HubCode = Awaited<ReturnType<typeof hubCode>>;
const workerCode = () => import("./worker-code.ts");

/** Below the second after which a probe of Kubernetes gives up. */
const STORE_ANSWERS_MS = 900;
const STILL_JOINING_MS = 500;
const CLOSE_STORE_MS = 1_000;
/** Places of user code that do not end in this time are left behind. */
const CLOSE_EXECUTOR_MS = 500;
const CLOSE_STORE_LEAST_MS = 300;
/** Traces that wait are sent; a collector that is away holds no close up. */
const CLOSE_TRACES_LEAST_MS = 300;
/** What `onStop` was given has what is left of the drain time and of this, so that closing is over in time; and a little in any case. */
const STOP_HOOKS_MS = 2_500;
const STOP_HOOKS_LEAST_MS = 400;

interface Loaded {
  readonly uninstallGlobals: () => void;
  readonly observers: LoadedObservers;
}

/**
 * A task hub: the instances in one store, with the functions that this process can run. Open it, start a worker in it (or leave that to other
 * processes), use its client, close it. `await using hub = await TaskHub.open(…)` closes it at the end of the block.
 */
export class TaskHub implements AsyncDisposable {
  /** Starts orchestrations and speaks to them. */
  readonly client: DurableClient;
  /** @internal The same with payloads as JSON text, as the HTTP API needs it. */
  readonly hubClient: StoreClient;
  /** @internal */
  readonly registry: FunctionRegistry;
  readonly name: string;
  /** @internal What the hub was opened with that its HTTP handler needs too. */
  readonly httpDefaults: HttpDefaults;
  readonly #observers: Observers;
  readonly #store: Store;
  readonly #settings: HubSettings;
  readonly #code: HubCode;
  readonly #process: ProcessOfHub;
  readonly #hooks: HookRuns;
  readonly #uninstallGlobals: () => void;
  #executor: Executor | null = null;
  #starting: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  #isClosed = false;
  #isStoreClosed = false;
  #isClosing = false;
  readonly #drained = new AbortController();

  private constructor(store: Store, settings: HubSettings, code: HubCode, { uninstallGlobals, observers }: Loaded) {
    this.#store = store;
    this.#code = code;
    this.#settings = settings;
    this.#uninstallGlobals = uninstallGlobals;
    this.registry = settings.registry;
    this.name = settings.name;
    const { maxJsonDepth, maxPayloadBytes, publicOrigin, keys, forwardedHost, log, functionLog } = settings;
    this.httpDefaults = { keys, forwardedHost, publicOrigin, log, functionLog, maxJsonDepth, maxPayloadBytes };
    this.#observers = new Observers(observers, {
      ...{ settings, store, client: () => this.hubClient, worker: () => this.#process.worker, now: () => this.now },
    });
    const parts = code.assembleHub(store, settings, {
      tracing: this.#observers.tracing,
      drained: this.drained,
      isClosed: () => this.#isClosed,
      hasStartedOrClosing: () => this.#starting !== null || this.#closing !== null,
      lacks: (kind, name) => this.#lacks(kind, name),
    });
    this.#process = parts.process;
    this.hubClient = parts.process.client;
    this.client = parts.client;
    this.#hooks = parts.hooks;
  }

  /** `file:PATH` (one SQLite file, created when missing), `postgres://…` or `memory:`. Throws catalogue errors for options, functions and the file. */
  static async open(url: string, options: TaskHubOptions = {}): Promise<TaskHub> {
    const settings = await hubSettings(options);
    const { commitDelayMs, log } = settings;
    const openTimeoutMs = settings.engine.joinMs ?? DEFAULT_WORKER_SETTINGS.joinMs;
    const opening = { log, openTimeoutMs, ...(commitDelayMs === undefined ? {} : { commitDelayMs }) };
    const { store } = settings;
    const open = store === null ? await inEngine(() => storeOpener(url, opening)) : () => Promise.resolve(store);
    // A SQLite file opens on a thread of its own, which takes as long as all the rest of a start: so it begins before the rest is loaded.
    const opened = inEngine(open);
    opened.catch(() => {}); // seen below
    const code = await hubCode();
    const observers = await loadObservers(settings);
    const uninstallGlobals = code.installDeterministicGlobals();
    workerCode().catch(() => {}); // said by start(), if a worker is wanted
    try {
      return new TaskHub(await opened, settings, code, { uninstallGlobals, observers });
    } catch (error) {
      uninstallGlobals();
      throw error;
    }
  }

  /** @internal */
  get schedules(): ScheduleClient {
    return this.client.schedules;
  }

  /** What the store is and where it lies. */
  get store(): StoreCapabilities {
    return this.#store.capabilities;
  }

  /**
   * Whether this process should get requests now, as `/readyz` says it: its worker has joined, if it was told to start one, it is not being closed,
   * and the store answers within a second (asked at most once a second).
   */
  async readiness(): Promise<Readiness> {
    if (this.isClosing) return "draining";
    if (this.#starting !== null && this.#process.worker?.phase !== "running") return "starting";
    if (this.#process.worker?.isTroubled === true) return "storeUnavailable";
    const { promise: late, resolve } = Promise.withResolvers<Readiness>();
    const cancel = realScheduler(false).after(STORE_ANSWERS_MS, () => resolve("storeUnavailable"));
    const asked = this.hubClient.knownFunctions().then(
      (): Readiness => "ready",
      (): Readiness => "storeUnavailable",
    );
    return Promise.race([asked, late]).finally(cancel);
  }

  /** Runs what `onStart` was given, and no worker: for a process that serves client functions alone. `start()` does it by itself. */
  startHooks(): Promise<void> {
    return this.#hooks.start(false);
  }

  /** True from the beginning of a close on: nothing is started by HTTP any more. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** @internal Null: nothing is counted. */
  get metrics(): HubMetrics | null {
    return this.#observers.metrics;
  }

  /** @internal Store time as well as this process knows it, ms since 1970. */
  get now(): number {
    return this.#process.now;
  }

  /** @internal */
  get drained(): AbortSignal {
    return this.#drained.signal;
  }

  /** @internal A close will follow: the worker processes of a host go first. */
  announceClose(): void {
    this.#isClosing = true;
  }

  /** Runs a worker in this process, after what `onStart` was given; leave it out for a pure client. */
  start(): Promise<void> {
    if (this.#closing !== null) return Promise.reject(fault("HUB_CLOSED"));
    this.#starting ??= this.#startWorker();
    return this.#starting;
  }

  async #startWorker(): Promise<void> {
    await this.#hooks.start(true);
    if (this.#closing !== null) throw fault("HUB_CLOSED");
    const code = await workerCode();
    if (this.#closing !== null) throw fault("HUB_CLOSED"); // the store is closed by now, or about to be
    const { registry, log, engine } = this.#settings;
    const observers = this.#observers;
    const scheduler = realScheduler(true);
    this.#executor = this.#settings.executor ?? this.#nativeExecutor(code, scheduler);
    const executor = observers.executor(this.#executor);
    const store = observers.store(this.#store);
    const { taps } = observers;
    const tapped = taps === null ? {} : { taps };
    const host = processName();
    const codeVersion = this.#settings.codeVersion ?? this.#code.codeVersionOf(registry);
    const parts = { store, executor, clock: realClock, scheduler, ids: realIds(), log: observers.log(log), host, codeVersion, ...tapped };
    const settings: Partial<WorkerSettings> = engine;
    const worker = code.createWorker(parts, settings);
    // Before the worker takes up what is due: a schedule that says something else now has no old time to catch up with. Where the store is away, afterwards.
    const areDefined = await this.#defineSchedules().then(
      () => true,
      () => false,
    );
    if (this.#closing !== null) throw fault("HUB_CLOSED");
    this.#process.connect(worker);
    await worker.start();
    if (!areDefined) await this.#defineSchedules();
  }

  #nativeExecutor({ createNativeExecutor }: Awaited<ReturnType<typeof workerCode>>, scheduler: Scheduler): Executor {
    const { registry, codec, maxPayloadBytes, maxJsonDepth } = this.#settings;
    const log = this.#code.functionLogTo(this.#settings);
    const client = () => this.client;
    const { tracedCode } = this.#observers;
    return createNativeExecutor({ functions: registry, codec, log, scheduler, client, maxPayloadBytes, maxJsonDepth, tracedCode });
  }

  async #defineSchedules(): Promise<void> {
    const specs = this.registry.schedules.map(({ spec }) => spec);
    if (specs.length > 0) await defineSchedules({ client: this.hubClient, codec: this.#settings.codec }, specs);
  }

  /** Where a call to a missing function may wait for a worker that brings it (`functionNotFoundAfter`), a start may too. */
  #lacks(kind: "orchestrator" | "entity", name: string): boolean {
    const { registry, engine } = this.#settings;
    if (this.#process.worker?.phase !== "running" || registry.find(kind, name) !== null) return false;
    return (engine.functionNotFoundAloneMs ?? DEFAULT_WORKER_SETTINGS.functionNotFoundAloneMs) === 0;
  }

  /**
   * Stops claiming, tells running activities by their signals and lets them finish, hands back the rest, runs what `onStop` was given, closes the
   * store: within `drainTimeout` and 5 seconds, whatever the store does. Safe to call twice.
   */
  close(): Promise<void> {
    return this.closeAfter(Promise.resolve());
  }

  /**
   * @internal As `close`; what `onStop` was given waits also for `others`, which use the same things: the requests that a server still answers.
   * `withinMs`: the time that is left of a close which others have begun.
   */
  closeAfter(others: Promise<unknown>, withinMs: number = this.#drainMs + STOP_HOOKS_MS): Promise<void> {
    this.#isClosing = true;
    this.#closing ??= this.#close(others, withinMs);
    return this.#closing;
  }

  /** Whatever the store does, each step is over in its time: a store that is away must not keep its process. */
  async #close(others: Promise<unknown>, withinMs: number): Promise<void> {
    const scheduler = realScheduler(true);
    const over = realClock.monotonicMs() + withinMs;
    const left = () => Math.max(0, over - realClock.monotonicMs());
    this.#hooks.cancelStart();
    try {
      if (this.#starting !== null) await within(scheduler, STILL_JOINING_MS, this.#starting);
      await this.#process.worker?.stop();
    } finally {
      if (this.#executor !== null) await within(scheduler, CLOSE_EXECUTOR_MS, this.#executor.close());
      this.#drained.abort();
      await within(scheduler, left(), others);
      await this.#hooks.stop(Math.max(STOP_HOOKS_LEAST_MS, left()));
      this.#uninstallGlobals();
      await within(scheduler, Math.max(CLOSE_TRACES_LEAST_MS, left()), this.#observers.close());
      this.#isClosed = true;
      this.#process.close();
      const closed = await within(scheduler, Math.max(CLOSE_STORE_LEAST_MS, Math.min(left(), CLOSE_STORE_MS)), this.#store.close());
      this.#isStoreClosed = closed.kind !== "late";
      if (closed.kind !== "done") this.#logNotClosed(closed.kind === "failed" ? refusalText(closed.error) : "it does not answer");
    }
  }

  get #drainMs(): number {
    return this.#settings.engine.drainMs ?? DEFAULT_WORKER_SETTINGS.drainMs;
  }

  #logNotClosed(why: string): void {
    const message = `The store was not closed: ${why}. Nothing is lost.`;
    this.#settings.log.write({ level: "warn", event: "store.not-closed", message, fields: { store: this.store.location } });
  }

  /** @internal False also after a close when the store did not close: a thread that it holds keeps the process from its end. */
  get isStoreClosed(): boolean {
    return this.#isStoreClosed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
