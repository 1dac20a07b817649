import { ProcessOfHub } from "../client/process-of-hub.ts";
import { defineSchedules } from "../client/schedules.ts";
import { createTypedClient } from "../client/typed-client.ts";
import type { HubClient } from "../client/types.ts";
import type { Worker } from "../engine/worker.ts";
import { createWorker } from "../engine/worker.ts";
import { fault } from "../errors/perdure-error.ts";
import { functionLogTo } from "../executors/function-log.ts";
import { createNativeExecutor } from "../executors/native-executor.ts";
import { wrapExecutor } from "../executors/wrap-executor.ts";
import type { DurableClient, OrchestrationHandle } from "../functions/client-types.ts";
import { FunctionRegistry } from "../functions/registry.ts";
import { createHttpManagement } from "../http/http-management.ts";
import { DEFAULT_BASE_PATH } from "../http/paths.ts";
import type { Duration } from "../model/duration.ts";
import type { Executor } from "../model/executor.ts";
import { DEFAULT_MAX_JSON_DEPTH } from "../model/json-depth.ts";
import { durationOption } from "../model/options.ts";
import { jsonCodec } from "../model/payload.ts";
import { isTerminal } from "../model/status.ts";
import type { Scheduler } from "../process/clock.ts";
import { clearImmediateNow, setImmediateNow } from "../process/real-globals.ts";
import { realScheduler } from "../process/real-time.ts";
import { installDeterministicGlobals } from "../replay/globals/deterministic-globals.ts";
import { loadCron } from "../schedules/cron.ts";
import type { ScheduleSpec } from "../schedules/spec.ts";
import type { Store } from "../store/contract.ts";
import { createMemoryStore } from "../stores/memory/memory-store.ts";
import { HookRuns } from "../task-hub/hook-runs.ts";
import { parseLogOption } from "../telemetry/log-option.ts";
import { fakeHttpActivity } from "./fake-http.ts";
import { checkDump } from "./invariants/check-dump.ts";
import { describeViolation } from "./invariants/invariant.ts";
import { Random } from "./random.ts";
import type { ReplayMismatch } from "./replay-checker.ts";
import { ReplayChecker } from "./replay-checker.ts";
import { StandingTime } from "./standing-time.ts";
import type { TestHubOptions } from "./test-hub-options.ts";
import { parseTestHubOptions, parseWithin } from "./test-hub-options.ts";
import { seededIds, VirtualCalendar, VirtualTime } from "./virtual-time.ts";

/** Real time. */
const STOP_HOOKS_MS = 5_000;
const MAX_PAYLOAD_BYTES = 32 * 1_024 * 1_024;
const DAY_MS = 86_400_000;
const SMALL_STEP_MS = 50;
/** Real time that a running activity or operation gets before virtual time continues without it, so that its timeout can fire. */
const ACTIVITY_PATIENCE_MS = 1_000;

/** A task hub in this process, in memory, whose time passes only when the test says so. Every episode is repeated in a fresh cursor. */
export async function createTestHub(options: TestHubOptions): Promise<TestHub> {
  const hub = new TestHub(options);
  try {
    await hub.begin();
  } catch (error) {
    await hub[Symbol.asyncDispose]();
    throw error;
  }
  return hub;
}

export class TestHub implements AsyncDisposable {
  readonly client: DurableClient;
  /** @internal The same with payloads as JSON text. */
  readonly hubClient: HubClient;
  readonly #world: VirtualTime;
  readonly #calendar: VirtualCalendar;
  readonly #store: Store;
  readonly #worker: Worker;
  readonly #executor: Executor;
  readonly #hooks: HookRuns;
  readonly #schedules: readonly ScheduleSpec[];
  readonly #replay: ReplayChecker;
  readonly #mismatches: ReplayMismatch[] = [];
  readonly #uninstallGlobals: () => void;
  readonly #process: ProcessOfHub;
  #isClosed = false;
  readonly #standing: StandingTime;
  #passing = 0;
  #soon = 0;
  #running = 0;
  #waitingSince = 0;

  constructor(options: TestHubOptions) {
    const { startsAt, seed, versions, http: answer } = parseTestHubOptions(options);
    this.#world = new VirtualTime(() => this.#isBusy());
    this.#calendar = new VirtualCalendar(this.#world, startsAt);
    const registry = new FunctionRegistry(options.functions, versions);
    this.#schedules = registry.schedules.map(({ spec }) => spec);
    registry.addBuiltIn("activity", fakeHttpActivity({ answer, maxPayloadBytes: MAX_PAYLOAD_BYTES, now: this.#calendar.now }));
    const scheduler = this.#scheduler();
    const replaying = createNativeExecutor({ functions: registry, scheduler });
    this.#replay = new ReplayChecker({ executor: replaying, onMismatch: (mismatch) => this.#mismatches.push(mismatch) });
    this.#store = this.#replay.watch(createMemoryStore({ now: this.#calendar.now }));
    const ids = seededIds(new Random(seed));
    const logs = parseLogOption("createTestHub", options.log ?? false);
    const client = () => this.client;
    const executor = this.#counted(
      createNativeExecutor({ functions: registry, scheduler, clock: this.#world, ids, log: functionLogTo(logs), client }),
    );
    this.#executor = executor;
    this.#hooks = new HookRuns({ hooks: registry.hooks, logs, taskHub: "TestHub", client, scheduler: realScheduler(true) });
    // One worker alone needs no lease to speak of.
    const settings = { leaseMs: 1_000_000 * DAY_MS, renewEveryMs: DAY_MS };
    this.#worker = createWorker(
      { store: this.#store, executor, clock: this.#world, scheduler, ids, log: logs.log, host: "test", codeVersion: "test" },
      settings,
    );
    this.#standing = new StandingTime({
      scheduler: realScheduler(true),
      isWaited: () => !this.#process.waits.isEmpty,
      movement: () => (this.#passing + this.#soon + this.#running > 0 ? null : this.#world.turns),
      giveUp: (ms) => this.#process.waits.failAll((id) => fault("TEST_TIME_STANDS", id, ms)),
    });
    this.#process = new ProcessOfHub({
      store: this.#store,
      ids,
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      versionOf: (name) => registry.versionOf(name),
      now: this.#calendar.now,
      clock: this.#world,
      isClosed: () => this.#isClosed,
      onWaiting: () => this.#standing.watch(),
      lacks: (kind, name) => registry.find(kind, name) === null,
      scheduler,
    });
    this.#process.connect(this.#worker);
    this.hubClient = this.#process.client;
    const now = () => this.#process.now;
    const http = {
      taskHub: "TestHub",
      connectionName: "Storage",
      basePath: DEFAULT_BASE_PATH,
      publicOrigin: "http://localhost:7071",
      keys: [],
      forwardedHost: false,
    };
    this.client = createTypedClient({
      client: this.hubClient,
      codec: jsonCodec,
      maxJsonDepth: DEFAULT_MAX_JSON_DEPTH,
      answers: createHttpManagement({ client: this.hubClient, ...http }),
      now,
    });
    this.#uninstallGlobals = installDeterministicGlobals(); // last: what throws before it has nothing to give back
  }

  /** @internal */
  async begin(): Promise<void> {
    await loadCron(this.#schedules);
    await this.#hooks.start(true);
    await this.#worker.start();
    await defineSchedules({ client: this.hubClient, codec: jsonCodec }, this.#schedules);
  }

  /** The hub's time. */
  get now(): Date {
    return new Date(this.#calendar.now());
  }

  /** Lets time pass, with everything that falls due meanwhile. */
  async advance(duration: Duration): Promise<void> {
    const ms = durationOption(duration, "testHub.advance", "duration");
    await this.#passed(this.#pass(ms, () => false));
    this.#report();
  }

  /** Runs what can run now, without letting time pass. */
  async flush(): Promise<void> {
    await this.#passed(this.#world.flush());
    this.#report();
  }

  /**
   * Lets time pass until the instance has ended or is stopped; its output, or the error that the handle's own `result()` throws. That one lets no
   * time pass: it is for a test that calls {@link advance} beside it. After `within` (default 1000 days) RESULT_TIMEOUT.
   */
  async result<Out>(run: OrchestrationHandle<Out>, options?: { readonly within?: Duration }): Promise<Out> {
    const within = parseWithin(run, options);
    let ended = false;
    const look = async () => {
      const status = await this.hubClient.getStatus(run.instanceId);
      ended = status === null || isTerminal(status.runtimeStatus) || status.stopped !== null;
    };
    await this.#passed(this.#pass(within, () => ended, look));
    this.#report();
    if (!ended) throw fault("RESULT_TIMEOUT", run.instanceId, within, "forItsEnd");
    return run.result();
  }

  /** Checks the invariants of everything stored; throws with what is broken. */
  async verify(): Promise<void> {
    await this.#replay.idle();
    this.#report();
    const violations = checkDump(await this.#store.dump(), { atRest: false });
    if (violations.length > 0) throw fault("INTERNAL", violations.map(describeViolation).join("; "));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.kill();
    await this.#executor.close();
    await this.#hooks.stop(STOP_HOOKS_MS);
    this.#uninstallGlobals();
    this.#isClosed = true;
    this.#process.close();
    await this.#store.close();
  }

  async #passed(passing: Promise<void>): Promise<void> {
    this.#passing += 1;
    await passing.finally(() => {
      this.#passing -= 1;
    });
  }

  /** Jumps from one due time to the next: what is not waited for takes no steps. While an activity runs, time goes in small ones. */
  async #pass(ms: number, isDone: () => boolean, look: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const until = this.#world.monotonicMs() + ms;
    for (;;) {
      await this.#world.flush();
      await look();
      const now = this.#world.monotonicMs();
      if (isDone() || now >= until) return;
      if (this.#running > 0) {
        this.#waitingSince = performance.now();
        await this.#world.runUntil(() => this.#running === 0 || isDone(), Math.min(until - now, 1_000));
        if (this.#world.monotonicMs() === now) await this.#world.advance(Math.min(until - now, 1_000));
        continue;
      }
      this.#world.jump(Math.min(until, (await this.#nextDue()) ?? until) - now);
    }
  }

  /** Virtual time at which an instance has something to do by itself. */
  async #nextDue(): Promise<number | null> {
    const { instances, tasks } = await this.#store.dump();
    const now = this.#calendar.now();
    let earliest: number | null = null;
    const consider = (at: number | null) => {
      const then = at === null ? null : at > now ? at : now + SMALL_STEP_MS; // due and not taken yet: the worker's next look will
      if (then !== null && (earliest === null || then < earliest)) earliest = then;
    };
    for (const row of instances) {
      if (row.completedAt !== null || row.stopped !== null) continue;
      consider(typeof row.nextWake === "number" ? row.nextWake : null);
      consider(row.wakeAt);
    }
    for (const task of tasks) consider(task.worker === null ? task.notBefore : null);
    return earliest === null ? null : this.#world.monotonicMs() + (earliest - now);
  }

  #isBusy(): boolean {
    if (this.#soon > 0 || this.#replay.isBusy) return true;
    return this.#running > 0 && performance.now() - this.#waitingSince < ACTIVITY_PATIENCE_MS;
  }

  /** What is to run soon runs soon, also while no test lets time pass: clients wait for it. */
  #scheduler(): Scheduler {
    const soon = (task: () => void) => {
      this.#soon += 1;
      let isDue = true;
      const take = () => {
        if (!isDue) return false;
        isDue = false;
        this.#soon -= 1;
        return true;
      };
      const immediate = setImmediateNow(() => {
        if (take()) task();
      });
      return () => {
        if (take()) clearImmediateNow(immediate);
      };
    };
    return { soon, after: (ms, task) => this.#world.after(ms, task) };
  }

  #counted(executor: Executor): Executor {
    const count = <Result>(run: () => Promise<Result>): Promise<Result> => {
      if (this.#running === 0) this.#waitingSince = performance.now();
      this.#running += 1;
      return run().finally(() => {
        this.#running -= 1;
      });
    };
    return wrapExecutor(executor, {
      runActivity: (request) => count(() => executor.runActivity(request)),
      runEntityBatch: (request) => count(() => executor.runEntityBatch(request)),
    });
  }

  #report(): void {
    const [first] = this.#mismatches;
    if (first !== undefined)
      throw fault(
        "NON_DETERMINISM",
        `Replay of "${first.instanceId}" (episode ${first.episode}) does not repeat what it did: ${first.detail}.`,
      );
  }
}
