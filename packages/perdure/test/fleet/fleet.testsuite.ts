import assert from "node:assert/strict";
import type { RegisteredFunction } from "perdure";
import { ProcessOfHub } from "../../src/client/process-of-hub.ts";
import type { HubClient, InstanceStatus } from "../../src/client/types.ts";
import type { WorkerSettings } from "../../src/engine/options.ts";
import type { Worker } from "../../src/engine/worker.ts";
import { createWorker } from "../../src/engine/worker.ts";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import type { VersionPolicy } from "../../src/functions/orchestrator-table.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import type { Executor } from "../../src/model/executor.ts";
import type { Payload } from "../../src/model/payload.ts";
import { jsonCodec } from "../../src/model/payload.ts";
import { isTerminal } from "../../src/model/status.ts";
import type { GroupCommit } from "../../src/store/commit.ts";
import type { Store } from "../../src/store/contract.ts";
import type { EngineLog } from "../../src/telemetry/engine-log.ts";
import { silentLog } from "../../src/telemetry/engine-log.ts";
import { checkDump } from "../../src/testing/invariants/check-dump.ts";
import { describeViolation } from "../../src/testing/invariants/invariant.ts";
import { Random } from "../../src/testing/random.ts";
import type { SimWorld, StoreKind } from "../../src/testing/simulation/world.ts";
import { createSimWorld } from "../../src/testing/simulation/world.ts";
import type { StoreMethod } from "../../src/testing/store-proxy.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import { NodeTime, seededIds } from "../../src/testing/virtual-time.ts";

/** What a process of the fleet is to its functions. */
export interface Place {
  readonly node: number;
  /** In virtual time of this process. */
  sleep(ms: number): Promise<void>;
}

export interface FleetOptions {
  readonly store: StoreKind;
  readonly functions: (place: Place) => readonly RegisteredFunction[];
  readonly settings?: Partial<WorkerSettings>;
  /** Default: any is taken. */
  readonly versions?: VersionPolicy;
  /** What each process has in place of the executor that it is given. */
  readonly executor?: (native: Executor, time: NodeTime) => Executor;
  /** What stands between the workers and the store. */
  readonly between?: (store: Store) => Store;
  readonly log?: EngineLog;
}

interface Process {
  readonly time: NodeTime;
  readonly worker: Worker;
  readonly client: HubClient;
}

/** Several workers on one store, in this process, in virtual time, with nothing going wrong but what a test does. */
export class TestFleet implements AsyncDisposable {
  readonly sim: SimWorld;
  readonly processes: Process[] = [];
  readonly calls = new Map<StoreMethod, number>();
  readonly commits: GroupCommit[] = [];
  readonly #options: FleetOptions;

  private constructor(sim: SimWorld, options: FleetOptions) {
    this.sim = sim;
    this.#options = options;
  }

  /** `nodes` workers that all know each other. */
  static async open(nodes: number, options: FleetOptions): Promise<TestFleet> {
    const fleet = new TestFleet(await createSimWorld(options.store), options);
    for (let node = 0; node < nodes; node++) await fleet.join();
    await fleet.advance(3_100);
    return fleet;
  }

  async join(): Promise<Process> {
    const node = this.processes.length;
    const { world, calendar } = this.sim;
    const store = this.#options.between?.(this.sim.store) ?? this.sim.store;
    const time = new NodeTime(world, 1_000 * node);
    const place = { node, sleep: (ms: number) => new Promise<void>((resolve) => void time.after(ms, resolve)) };
    const registry = new FunctionRegistry(this.#options.functions(place), this.#options.versions);
    const native = createNativeExecutor({ functions: registry, scheduler: time });
    const executor = this.#options.executor?.(native, time) ?? native;
    const ids = seededIds(new Random(node + 1));
    const parts = {
      store: this.#watched(store, time),
      executor,
      clock: time,
      scheduler: time,
      ids,
      log: this.#options.log ?? silentLog,
      host: `node-${node}`,
      codeVersion: "v1",
    };
    const worker = createWorker(parts, this.#options.settings);
    const hub = new ProcessOfHub({ store, ids, maxPayloadBytes: 1_000_000, now: calendar.now, clock: time, scheduler: time });
    hub.connect(worker);
    const { client } = hub;
    const process = { time, worker, client };
    this.processes.push(process);
    const joined = worker.start();
    await world.advance(10);
    await joined;
    return process;
  }

  client(node: number): HubClient {
    const process = this.processes[node];
    assert.ok(process, `there is a process ${node}`);
    return process.client;
  }

  /** As SIGKILL. */
  kill(node: number): void {
    this.processes[node]?.time.kill();
    this.processes[node]?.worker.kill();
  }

  /** All of them in one turn, by the client beside this worker. */
  async start(node: number, name: string, ids: string | readonly string[], input?: unknown): Promise<void> {
    const params = { name, input: jsonCodec.encode(input) };
    const starts = [ids].flat().map((instanceId) => this.client(node).start({ ...params, instanceId }));
    await this.advance(10);
    await Promise.all(starts);
  }

  advance(ms: number): Promise<void> {
    return this.sim.world.advance(ms);
  }

  async status(id: string): Promise<InstanceStatus | null> {
    return this.client(0).getStatus(id);
  }

  /** Lets time pass until it has ended; what it gave, or why it failed. */
  async end(id: string, withinMs = 120_000): Promise<unknown> {
    const until = this.sim.world.monotonicMs() + withinMs;
    for (;;) {
      const status = await this.status(id);
      if (status !== null && isTerminal(status.runtimeStatus)) return jsonCodec.decode(status.output as Payload | null);
      assert.ok(this.sim.world.monotonicMs() < until, `"${id}" has not ended within ${withinMs} ms (${JSON.stringify(status)})`);
      await this.advance(20);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const violations = checkDump(await this.sim.store.dump(), { atRest: false });
    for (const { worker, time } of this.processes) {
      worker.kill();
      time.kill();
    }
    await this.sim.dispose();
    assert.deepEqual(violations.map(describeViolation), []);
  }

  /** Calls take a moment each, as to a store elsewhere, and are counted. */
  #watched(store: Store, time: NodeTime): Store {
    const { world } = this.sim;
    const watched = interceptStore(store, async (method, call) => {
      this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
      await world.sleep(1);
      const result = await call();
      await new Promise<void>((resolve) => void time.after(0, resolve));
      return result;
    });
    return {
      ...watched,
      commit: (batch) => {
        this.commits.push(batch);
        return watched.commit(batch);
      },
      onForeignChange: (listener) => store.onForeignChange(() => time.soon(listener)),
      onEnds: (listener) => store.onEnds((ended) => time.soon(() => listener(ended))),
    };
  }
}

/** How often each value comes up. */
export function countsOf(values: readonly number[], nodes: number): readonly number[] {
  const counts = Array.from({ length: nodes }, () => 0);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** Each has a fair part: at least `share` of all. */
export function assertShared(values: readonly number[], nodes: number, share = 0.15): void {
  const counts = countsOf(values, nodes);
  assert.ok(
    counts.every((count) => count >= share * values.length),
    `of ${values.length}: ${counts.join(", ")}`,
  );
}
