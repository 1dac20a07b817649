import assert from "node:assert/strict";
import type {
  DurableClient,
  HistoryEvent,
  HubHttpOptions,
  LogEntry,
  OrchestrationStatus,
  RegisteredFunction,
  RuntimeStatus,
} from "perdure";
import { TaskHub } from "perdure";
import type { WorkerSettings } from "../../src/engine/options.ts";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import { until } from "../../src/process/testing/until.ts";
import type { Store } from "../../src/store/contract.ts";
import { checkDump } from "../../src/testing/invariants/check-dump.ts";
import { describeViolation } from "../../src/testing/invariants/invariant.ts";
import { ReplayChecker } from "../../src/testing/replay-checker.ts";
import type { Ground } from "./ground.ts";
import type { StoreKind } from "./grounds.ts";
import { openGround } from "./grounds.ts";
import { deliverTwice } from "./twice.ts";

export { STORES, type StoreKind } from "./grounds.ts";
export const MODES = ["plain", "no cursors", "commits of one", "twice"] as const;
export type Mode = (typeof MODES)[number];

export interface StandOptions {
  readonly store: StoreKind;
  readonly mode?: Mode;
  readonly functions: readonly RegisteredFunction[];
  readonly engine?: Partial<WorkerSettings>;
  readonly maxPayloadBytes?: number;
  readonly http?: HubHttpOptions;
  /** The SQLite file; a new one by default. It is left where it is. */
  readonly file?: string;
  /** Workers on the store, each in a hub of its own; on PostgreSQL each with connections of its own. Default 1. */
  readonly workers?: number;
  /** `passTime` will be called. */
  readonly passesTime?: boolean;
  /** Between the engine and the store, on the engine's side of the checkers. On PostgreSQL once for each worker. */
  readonly wrap?: (store: Store) => Store;
}

/** Short, so that a second of test sees what an hour of production does: instances leave memory, tasks get rows, the sweep runs. */
const ENGINE: Partial<WorkerSettings> = {
  leaseMs: 5_000,
  renewEveryMs: 500,
  idleReleaseMs: 400,
  pollEveryMs: 100,
  sweepEveryMs: 1_000,
  heartbeatFlushMs: 100,
  drainMs: 300,
  functionNotFoundAfterMs: 300,
};

const MODE_SETTINGS: Readonly<Record<Mode, Partial<WorkerSettings>>> = {
  plain: {},
  "no cursors": { keepCursors: false },
  "commits of one": { maxEpisodesPerCommit: 1 },
  twice: {},
};

/** Sixty tests on one machine at once are slow together (20 s seen), and all of them wait for ends that come: this is for those that never come. */
const DEADLINE_MS = 60_000;

interface Parts {
  readonly mode: Mode;
  readonly ground: Ground;
  readonly hubs: readonly TaskHub[];
  readonly clients: TaskHub;
  readonly log: LogEntry[];
  readonly checker: ReplayChecker;
  readonly mismatches: readonly string[];
  readonly clock: { ahead: number; readonly isSteered: boolean };
  readonly duplicates: () => number;
}

/** A task hub under test: real workers on a real store, a replay checker on every commit, the invariants on demand. */
export class Stand {
  readonly mode: Mode;
  /** Beneath everything that watches or distorts. */
  readonly store: Store;
  readonly hubs: readonly TaskHub[];
  /** Starts and messages go by this one; where everything is said twice it has no worker, so that the store hears of them. */
  readonly client: DurableClient;
  readonly log: LogEntry[];
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.mode = parts.mode;
    this.store = parts.ground.store;
    this.hubs = parts.hubs;
    this.client = parts.clients.client;
    this.log = parts.log;
  }

  get duplicates(): number {
    return this.#parts.duplicates();
  }

  get episodesReplayed(): number {
    return this.#parts.checker.checked;
  }

  /** The store's clock jumps ahead, for all stores and workers of this stand. */
  passTime(ms: number): void {
    assert.ok(this.#parts.clock.isSteered, "a stand whose time is to pass says so when it is opened (passesTime)");
    this.#parts.clock.ahead += ms;
  }

  get now(): number {
    return Date.now() + this.#parts.clock.ahead;
  }

  async status(id: string): Promise<OrchestrationStatus> {
    const status = await this.client.getStatus(id);
    assert.ok(status !== null, `there is no instance "${id}"`);
    return status;
  }

  async history(id: string): Promise<readonly HistoryEvent[]> {
    return (await this.client.getStatus(id, { showHistory: true, showHistoryOutput: true }))?.history ?? [];
  }

  async kinds(id: string): Promise<readonly string[]> {
    return (await this.history(id)).map((event) => event.kind);
  }

  /** Waits for the end, whatever it is. */
  async end(id: string): Promise<OrchestrationStatus> {
    return this.client.waitForCompletion(id, { timeout: `${DEADLINE_MS}ms` });
  }

  async expectEnd(id: string, status: RuntimeStatus, output: unknown): Promise<void> {
    const ended = await this.end(id);
    assert.deepEqual({ status: ended.runtimeStatus, output: ended.output }, { status, output });
  }

  until<T>(what: string, look: () => T | Promise<T>, limitMs = DEADLINE_MS): Promise<NonNullable<Exclude<T, false>>> {
    return until(what, look, limitMs);
  }

  untilStatus(id: string, wanted: RuntimeStatus): Promise<OrchestrationStatus> {
    return this.until(`${id} is ${wanted}`, async () => {
      const status = await this.client.getStatus(id);
      return status?.runtimeStatus === wanted ? status : null;
    });
  }

  untilCustomStatus(id: string, wanted: unknown): Promise<unknown> {
    return this.until(`custom status of ${id} is ${JSON.stringify(wanted)}`, async () => {
      const found = (await this.client.getStatus(id))?.customStatus;
      return JSON.stringify(found) === JSON.stringify(wanted);
    });
  }

  /** Every commit so far replays to the same actions, and every invariant holds in what the store has now. */
  async check(atRest = false): Promise<void> {
    await this.#parts.checker.idle();
    assert.deepEqual(this.#parts.mismatches, []);
    const violations = checkDump(await this.store.dump(), { atRest });
    assert.deepEqual(violations.map(describeViolation), []);
  }

  /** Stops the workers, then checks what they left behind. */
  async close(): Promise<void> {
    const { hubs, clients, checker, ground } = this.#parts;
    try {
      await checker.idle();
      for (const hub of hubs) await hub.close();
      await clients.close();
      await this.check();
      const { repaired } = await this.store.sweep();
      assert.equal(repaired, 0, "instances slept with mail in the box");
      await this.check(true);
    } finally {
      await ground.close();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

export async function openStand(options: StandOptions): Promise<Stand> {
  const { mode = "plain", functions, maxPayloadBytes, passesTime = false, file = null, workers = 1 } = options;
  const clock = { ahead: 0, isSteered: passesTime };
  const ground = await openGround({ kind: options.store, file, now: () => Date.now() + clock.ahead, steersTime: passesTime });
  const size = maxPayloadBytes === undefined ? {} : { maxPayloadBytes };
  const executor = createNativeExecutor({ functions: new FunctionRegistry(functions), ...size });
  const mismatches: string[] = [];
  const onMismatch: ConstructorParameters<typeof ReplayChecker>[0]["onMismatch"] = ({ instanceId, generation, episode, detail }) =>
    mismatches.push(`${instanceId} (generation ${generation}, episode ${episode}): ${detail}`);
  const checker = new ReplayChecker({ executor, onMismatch });
  let duplicates = 0;
  const faces = new Map<Store, Store>();
  /** What a hub sees of its way to the store. */
  const faceOf = (store: Store): Store => {
    const known = faces.get(store);
    if (known !== undefined) return known;
    const watched: Store = { ...checker.watch(store), close: () => Promise.resolve() };
    const heard = mode === "twice" ? deliverTwice(watched, () => duplicates++) : watched;
    const face = options.wrap?.(heard) ?? heard;
    faces.set(store, face);
    return face;
  };

  const log: LogEntry[] = [];
  const common = { ...size, http: options.http ?? {}, log: { enabled: () => true, write: (entry: LogEntry) => log.push(entry) } };
  const engine = { ...ENGINE, ...MODE_SETTINGS[mode], ...options.engine };
  const open = async () => TaskHub.open("memory:", { ...common, functions, engine, store: faceOf(await ground.connect()) });
  const hubs = await Promise.all(Array.from({ length: workers }, open));
  const clients = mode === "twice" ? await open() : (hubs[0] ?? (await open()));
  for (const hub of hubs) await hub.start();
  return new Stand({ mode, ground, hubs, clients, log, checker, mismatches, clock, duplicates: () => duplicates });
}
