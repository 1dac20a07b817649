import type { HubClient } from "../../client/types.ts";
import type { WorkerSettings } from "../../engine/options.ts";
import type { Worker } from "../../engine/worker.ts";
import { createWorker } from "../../engine/worker.ts";
import { createNativeExecutor } from "../../executors/native-executor.ts";
import type { Executor } from "../../model/executor.ts";
import type { Store } from "../../store/contract.ts";
import type { EngineLog, LogEntry } from "../../telemetry/engine-log.ts";
import type { Weather } from "../fault-store.ts";
import { linkStore } from "../fault-store.ts";
import { Random } from "../random.ts";
import { Recorder } from "../recorder.ts";
import type { ReplayMismatch } from "../replay-checker.ts";
import { ReplayChecker } from "../replay-checker.ts";
import { interceptStore } from "../store-proxy.ts";
import type { VirtualCalendar, VirtualTime } from "../virtual-time.ts";
import { NodeTime, seededIds } from "../virtual-time.ts";
import type { AppEnv, SimApp } from "./app.ts";
import type { Mishaps } from "./mishaps.ts";
import { lacking } from "./mixed-fleet.ts";
import type { SimVersions } from "./mixed-versions.ts";
import type { ExecutorOfSeed } from "./process-executor.ts";
import { openExecutor } from "./process-executor.ts";
import type { SimRoute } from "./sim-client.ts";
import { SimClient } from "./sim-client.ts";
import { simHub } from "./sim-hub.ts";
import type { SimTraces } from "./sim-traces.ts";

export interface ClusterParts extends ExecutorOfSeed {
  readonly world: VirtualTime;
  readonly calendar: VirtualCalendar;
  /** The naked store; recorder and replay checker are put around it here. */
  readonly store: Store;
  readonly random: Random;
  readonly app: SimApp;
  readonly settings: Partial<WorkerSettings>;
  readonly mishaps: Mishaps;
  /** Of the code of process `node`; default: all have the same. */
  readonly codeVersion?: (node: number) => string;
  /** Which versions instances have, and processes take; default: none, and any. */
  readonly versions?: SimVersions;
  /** Functions, by name in lower case, that process `node` does not have; default: each has all. */
  readonly lacks?: (node: number, name: string) => boolean;
  /** Default: nothing is traced. */
  readonly traces?: SimTraces;
  readonly onLog?: (node: number, entry: LogEntry) => void;
  readonly onClient?: (client: string, line: string) => void;
}

/** One process of the cluster: when it dies, another takes its place under the same number. */
interface Process {
  readonly time: NodeTime;
  readonly worker: Worker;
  readonly client: HubClient;
  readonly executor: Executor;
  isReady: boolean;
}

/** Several processes on one store, in one event loop, on one clock. */
export class Cluster {
  readonly recorder: Recorder;
  readonly mismatches: ReplayMismatch[] = [];
  readonly errors: string[] = [];
  readonly shared = new Set<"activity left to others" | "instance left to others" | "task given back">();
  readonly replay: ReplayChecker;
  readonly #parts: ClusterParts;
  readonly #store: Store;
  readonly #processes: (Process | null)[] = [];
  readonly #notes = new Map<string, number>();
  readonly #direct: HubClient;
  #clients = 0;

  constructor(parts: ClusterParts) {
    this.#parts = parts;
    this.recorder = new Recorder(() => parts.calendar.setBackMs);
    const source = parts.app(this.#env(() => null));
    this.replay = new ReplayChecker({
      executor: createNativeExecutor({ functions: source, scheduler: parts.world }),
      onMismatch: (mismatch) => this.mismatches.push(mismatch),
    });
    this.#store = this.#watchSharing(this.recorder.watch(this.replay.watch(parts.store)));
    this.#direct = this.#outsideClient();
  }

  /** Brings up process `node`, or tries again a little later. */
  boot(node: number): void {
    const { world, random, mishaps, settings, onLog } = this.#parts;
    const time = new NodeTime(world, random.int(1_000_000));
    const boundary = (point: string) => mishaps.boundary(node, point);
    const onProblem = (text: string) => void (this.errors.includes(text) || this.errors.push(text));
    const { versions } = this.#parts;
    const linked = linkStore(this.#store, time, world, this.#weather(node, boundary));
    const store = versions?.watch(linked, node, onProblem) ?? linked;
    let worker: Worker | null = null;
    const env = this.#env(() => ({ node, time }));
    const { lacks, codeVersion = () => "v1" } = this.#parts;
    const app = this.#parts.app(env);
    const there = lacks === undefined ? app : lacking(app, (name) => lacks(node, name));
    const functions = versions?.functions(there, node) ?? there;
    const ids = seededIds(new Random(random.int(2 ** 31), node + 1));
    const { native, executor } = openExecutor({ ...this.#parts, functions, time, ids, recorder: this.recorder, boundary, onProblem });
    const traces = this.#parts.traces?.open({ store, now: () => live.storeNow, worker: () => live }, () => time.isDead);
    const log: EngineLog = {
      enabled: () => onLog !== undefined,
      write: (entry) => {
        if (time.isDead) return;
        if (entry.event === "sweep.unlocked") onProblem(entry.message);
        onLog?.(node, entry);
      },
    };
    const watched = traces === undefined ? { executor } : { executor: traces.executor(executor), taps: traces.taps };
    const host = `node-${node}`;
    worker = createWorker({ store, clock: time, scheduler: time, ids, log, host, codeVersion: codeVersion(node), ...watched }, settings);
    const live = worker;
    const hub = simHub({ ...this.#parts, store, ids, time, traces });
    hub.connect(live);
    const process: Process = { time, worker: live, client: hub.client, executor: native, isReady: false };
    this.#processes[node] = process;
    live.start().then(
      () => {
        process.isReady = true;
      },
      (error: unknown) => {
        if (error instanceof TypeError) this.errors.push(`worker ${node} did not start: ${error.stack}`);
        world.after(500, () => this.#reboot(node, process));
      },
    );
  }

  /** As SIGKILL: it stops between two instructions and says nothing more. */
  crash(node: number): void {
    const process = this.#processes[node];
    if (process === undefined || process === null) return;
    this.#end(node, process);
    this.#parts.world.after(this.#parts.random.between(0, 3_000), () => this.boot(node));
  }

  freeze(node: number, ms: number): void {
    const process = this.#processes[node];
    if (process === undefined || process === null) return;
    process.time.freeze();
    this.#parts.world.after(ms, () => process.time.thaw());
  }

  stopGracefully(node: number): void {
    const process = this.#processes[node];
    if (process === undefined || process === null || !process.isReady) return;
    process.isReady = false;
    const again = () => this.#reboot(node, process);
    process.worker.stop().then(again, again);
  }

  client(): SimClient {
    this.#clients += 1;
    const name = `client${this.#clients}`;
    const { onClient } = this.#parts;
    return new SimClient({
      name,
      trace: onClient === undefined ? undefined : (line) => onClient(name, line),
      world: this.#parts.world,
      recorder: this.recorder,
      route: this.#route(),
    });
  }

  /** All processes, dead or alive, go; nothing more happens in this cluster. */
  shutDown(): void {
    for (const [node, process] of this.#processes.entries()) if (process !== null) this.#end(node, process);
  }

  get isQuiet(): boolean {
    return this.#processes.every((process) => process === null || process.worker.isQuiet);
  }

  get readyCount(): number {
    return this.#processes.filter((process) => process?.isReady === true).length;
  }

  /** What workers have left to others. */
  #watchSharing(store: Store): Store {
    return {
      ...interceptStore(store, (_, call) => call()),
      commit: async (batch) => {
        const receipt = await store.commit(batch);
        if (batch.newTasks.some((task) => !task.claimed && task.crashes === 0)) this.shared.add("activity left to others");
        if (batch.givenBackTasks.length > 0) this.shared.add("task given back");
        if (batch.creates.some(({ owned, start }) => !owned && start.startAt === null)) this.shared.add("instance left to others");
        return receipt;
      },
    };
  }

  /** How often an activity said that this happened. */
  noted(what: string): number {
    return this.#notes.get(what) ?? 0;
  }

  #reboot(node: number, process: Process): void {
    if (this.#processes[node] !== process) return;
    this.#end(node, process);
    this.boot(node);
  }

  #end(node: number, process: Process): void {
    this.#processes[node] = null;
    process.time.kill();
    process.worker.kill();
    process.executor.close().catch(() => {});
  }

  #weather(node: number, boundary: (point: string) => void): Weather {
    const { mishaps } = this.#parts;
    return {
      outcomeOf: (method) => mishaps.outcomeOf(method, node),
      boundary,
      get copies() {
        return mishaps.isDuplicating ? 2 : 1;
      },
      duplicated: () => mishaps.duplicated(),
      hint: () => mishaps.hint(),
      holdsAnswer: () => mishaps.holdsAnswer(),
      heldAnswer: () => mishaps.heldAnswer(),
    };
  }

  /** Most clients keep to one process or to the store, and some change with each call: order per sender is promised whichever way its messages go. */
  #route(): SimRoute {
    const { random } = this.#parts;
    const changes = random.chance(0.4);
    const pick = () => (random.chance(0.4) ? null : random.int(Math.max(1, this.#processes.length)));
    let node = pick();
    return {
      client: () => {
        if (changes) node = pick();
        const process = node === null ? null : this.#processes[node];
        return process?.isReady === true ? process.client : this.#direct;
      },
      failed: () => {
        node = null;
      },
    };
  }

  /** A client in a process of its own, without a worker. It meets the same weather, and is never killed. */
  #outsideClient(): HubClient {
    const { world, random, mishaps } = this.#parts;
    const time = new NodeTime(world, 0);
    const calm: Weather = {
      outcomeOf: (method) => mishaps.outcomeOf(method, null),
      boundary: () => {},
      copies: 1,
      duplicated: () => {},
      hint: () => true,
      holdsAnswer: () => false,
      heldAnswer: () => {},
    };
    const store = linkStore(this.#store, time, world, calm);
    const traces = this.#parts.traces?.open({ store, now: this.#parts.calendar.now, worker: () => null }, () => false);
    return simHub({ ...this.#parts, store, ids: seededIds(new Random(random.int(2 ** 31), 999)), time, traces }).client;
  }

  #env(where: () => { readonly node: number; readonly time: NodeTime } | null): AppEnv {
    const { mishaps } = this.#parts;
    return {
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const place = where();
          if (place === null) return;
          const cancel = place.time.after(ms, resolve);
          signal?.addEventListener("abort", () => {
            cancel();
            reject(signal.reason);
          });
        }),
      crash: () => {
        const place = where();
        if (place === null || !mishaps.mayMisbehave()) return false;
        mishaps.poisoned();
        this.crash(place.node);
        return true;
      },
      mayMisbehave: () => mishaps.mayMisbehave(),
      shouldHang: () => mishaps.shouldHang(),
      note: (what) => {
        const count = this.noted(what) + 1;
        if (where()?.time.isDead !== true) this.#notes.set(what, count);
        return count;
      },
    };
  }
}
