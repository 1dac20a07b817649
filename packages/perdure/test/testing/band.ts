import assert from "node:assert/strict";
import type { DurableClient, HistoryEvent, LogEntry, RegisteredFunction, RuntimeStatus } from "perdure";
import { TaskHub } from "perdure";
import type { WorkerSettings } from "../../src/engine/options.ts";
import type { Worker } from "../../src/engine/worker.ts";
import { createWorker } from "../../src/engine/worker.ts";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import type { Duration } from "../../src/model/duration.ts";
import { realClock, realIds, realScheduler } from "../../src/process/real-time.ts";
import { until } from "../../src/process/testing/until.ts";
import type { Store } from "../../src/store/contract.ts";
import type { WorkerRow } from "../../src/store/rows.ts";
import { openStore } from "../../src/task-hub/open-store.ts";
import { checkDump } from "../../src/testing/invariants/check-dump.ts";
import { describeViolation } from "../../src/testing/invariants/invariant.ts";

/** Short, but long enough for many workers and a server on two busy cores. */
export const LEASE_MS = 1_000;
export const ENGINE: Partial<WorkerSettings> = {
  leaseMs: LEASE_MS,
  renewEveryMs: 200,
  pollEveryMs: 100,
  idleReleaseMs: 300,
  heartbeatFlushMs: 100,
  longActivityMs: 200,
  drainMs: 300,
};
/** For who must not be taken for dead while a server restarts on a machine that is busy with other things. */
export const LONG_LEASE: Partial<WorkerSettings> = { leaseMs: 20_000 };
/** When others have taken over what a worker had whose lease was renewed just before it died, with a second for a busy machine. */
export const TAKEOVER_MS = LEASE_MS + 200 + 1_000;

/** As in stand.ts: for what never comes. */
const LIMIT_MS = 45_000;

/** A worker in this process with connections of its own, to be killed as SIGKILL would: what its functions still do is ignored. */
export class Member {
  readonly who: string;
  readonly log: LogEntry[];
  readonly #worker: Worker;
  readonly #store: Store;

  constructor(who: string, log: LogEntry[], worker: Worker, store: Store) {
    this.who = who;
    this.log = log;
    this.#worker = worker;
    this.#store = store;
  }

  said(event: string): boolean {
    return this.log.some((entry) => entry.event === event);
  }

  async kill(): Promise<void> {
    this.#worker.kill();
    await this.#store.close();
  }

  /** As on SIGTERM. */
  async drain(): Promise<void> {
    await this.#worker.stop();
    await this.#store.close();
  }
}

export interface JoinOptions {
  readonly functions: readonly RegisteredFunction[];
  readonly engine?: Partial<WorkerSettings>;
  /** Another way to the same rows. */
  readonly url?: string;
}

/** A task hub in a database or a file: a client without a worker, a look at the rows, and the workers that have joined. */
export class Band implements AsyncDisposable {
  readonly url: string;
  readonly store: Store;
  readonly client: DurableClient;
  readonly members: Member[] = [];
  readonly #hub: TaskHub;

  private constructor(url: string, store: Store, hub: TaskHub) {
    this.url = url;
    this.store = store;
    this.client = hub.client;
    this.#hub = hub;
  }

  /** `acceptTimeout`: how long its client waits for the store to take a call; default as in a hub. */
  static async open(url: string, { acceptTimeout }: { readonly acceptTimeout?: Duration } = {}): Promise<Band> {
    const store = await openStore(url);
    return new Band(url, store, await TaskHub.open(url, { store, ...(acceptTimeout === undefined ? {} : { acceptTimeout }) }));
  }

  async join(who: string, { functions, engine = {}, url = this.url }: JoinOptions): Promise<Member> {
    const log: LogEntry[] = [];
    const writer = { enabled: () => true, write: (entry: LogEntry) => void log.push(entry) };
    const store = await openStore(url, { log: writer });
    const scheduler = realScheduler(true);
    const registry = new FunctionRegistry(functions);
    const executor = createNativeExecutor({ functions: registry, scheduler });
    const parts = { store, executor, clock: realClock, scheduler, ids: realIds(), log: writer, host: who, codeVersion: "v1" };
    const limits = { activityLimits: registry.activityLimits };
    const worker = createWorker(parts, { ...ENGINE, ...limits, ...engine });
    const member = new Member(who, log, worker, store);
    this.members.push(member);
    await worker.start();
    return member;
  }

  until<T>(what: string, look: () => T | Promise<T>, limitMs = LIMIT_MS): Promise<NonNullable<Exclude<T, false>>> {
    return until(what, look, limitMs);
  }

  async rowOf(who: string): Promise<WorkerRow | undefined> {
    return (await this.store.readWorkers()).workers.find((row) => row.host === who && row.fence !== null);
  }

  async expectEnd(id: string, output: unknown, status: RuntimeStatus = "Completed", limitMs = LIMIT_MS): Promise<void> {
    const ended = await this.client.waitForCompletion(id, { timeout: `${limitMs}ms` });
    assert.deepEqual([ended.runtimeStatus, ended.output], [status, output], id);
  }

  async history(id: string): Promise<readonly HistoryEvent[]> {
    return (await this.client.getStatus(id, { showHistory: true, showHistoryOutput: true }))?.history ?? [];
  }

  /** How many tasks its history says have completed. */
  async completionsOf(id: string): Promise<number> {
    return (await this.history(id)).filter(({ kind }) => kind === "TaskCompleted").length;
  }

  async check(atRest = false): Promise<void> {
    assert.deepEqual(checkDump(await this.store.dump(), { atRest }).map(describeViolation), []);
  }

  /** Everything has ended: the workers leave, and what they leave behind is as it must be. */
  async finish(): Promise<void> {
    await this.check();
    await Promise.all(this.members.splice(0).map((member) => member.drain()));
    assert.equal((await this.store.sweep()).repaired, 0, "instances slept with mail in the box");
    await this.check(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.members.map((member) => member.kill()));
    await this.#hub.close();
  }
}
