import { earliestTimer } from "../core/next-wake.ts";
import { namesOffered } from "../model/executor.ts";
import type { InstanceId, InstanceNo } from "../model/ids.ts";
import type { Message } from "../model/message.ts";
import { inEngine } from "../process/code-scope.ts";
import type { GroupCommit } from "../store/commit.ts";
import type { DeliverReceipt, StartReceipt } from "../store/contract.ts";
import type { StoreRefusal } from "../store/errors.ts";
import { refusalText } from "../store/errors.ts";
import { Dispatcher } from "./activities/dispatcher.ts";
import { Intake } from "./claims/intake.ts";
import { SuspectGate } from "./claims/suspect-gate.ts";
import { isSuspect } from "./claims/suspicion.ts";
import { Unoffered } from "./claims/unoffered.ts";
import { ClientDoor } from "./clients/client-door.ts";
import type { StartParams } from "./clients/client-op.ts";
import { DeliverOp, StartOp } from "./clients/client-op.ts";
import type { Batch } from "./commits/batch.ts";
import type { CommitterHost, DurableBatch } from "./commits/committer.ts";
import { Committer } from "./commits/committer.ts";
import { KeptResults } from "./commits/kept-results.ts";
import { MailOrder } from "./commits/mail-order.ts";
import { NumberPool } from "./commits/number-pool.ts";
import { Resync } from "./commits/resync.ts";
import type { Claims, Identity } from "./commits/sealed-batch.ts";
import { deliverResult, releaseEffects } from "./commits/settle.ts";
import type { Engine } from "./engine.ts";
import { EpisodeLoop } from "./instances/episodes.ts";
import type { ActiveInstance } from "./instances/instance.ts";
import { InstanceTable } from "./instances/instance-table.ts";
import { release } from "./instances/leaving.ts";
import { LeaseKeeper } from "./lease/lease-keeper.ts";
import type { Step } from "./lease/persistent.ts";
import { once, persistent } from "./lease/persistent.ts";
import { LossLog } from "./loss-log.ts";
import type { WorkerLifecycle, WorkerParts, WorkerSettings } from "./options.ts";
import { DEFAULT_WORKER_SETTINGS } from "./options.ts";
import type { Phase } from "./phase.ts";
import { Fleet } from "./placement/fleet.ts";
import { shareLine } from "./placement/sharing.ts";
import { StoreClock } from "./time/store-clock.ts";
import { TimerQueue } from "./time/timer-queue.ts";
import { within } from "./time/within.ts";
import { Upkeep } from "./upkeep.ts";

/** A worker of the task hub: claims instances, runs their episodes, commits, lets effects out (architecture: the one path that data takes). */
export interface Worker extends WorkerLifecycle {
  readonly phase: Phase;
  /** Client calls of this process: they ride in the worker's own commits. */
  start(): Promise<void>;
  startInstance(params: StartParams): Promise<StartReceipt>;
  deliver(instanceId: InstanceId, message: Message): Promise<DeliverReceipt>;
  /** Called with every instance that ends in this worker, once that is durable. Returns the way to stop it. */
  onEnd(listener: (instance: ActiveInstance) => void): () => void;
  /** Called with every instance whose first episode is durable. */
  onStart(listener: (instance: ActiveInstance) => void): () => void;
  /** An instance in this worker's memory, for reading only. */
  peek(instanceId: string): ActiveInstance | undefined;
  readonly storeNow: number;
  /** The store has refused what this worker writes for a second or longer, whatever it reads. */
  readonly isTroubled: boolean;
  /** Nothing runs, nothing waits, nothing is on its way: for tests. */
  readonly isQuiet: boolean;
}

export function createWorker(parts: WorkerParts, settings: Partial<WorkerSettings> = {}): Worker {
  return new EngineWorker(parts, { ...DEFAULT_WORKER_SETTINGS, ...settings });
}

const DRAIN_STEP_MS = 20;
/** After the drain, each for itself: a store that does not answer must not keep the process. */
export const HAND_BACK_MS = 2_000;
export const LEAVE_MS = 500;
const SETTLED_YET_MS = 50;
const TROUBLED_MS = 1_000;

const leaveFailed = (why: string) =>
  `The worker could not hand back its work: ${why}. Nothing is lost: others take over when its lease ends, or the next start does.`;

class EngineWorker implements Worker, Engine, CommitterHost {
  readonly parts: WorkerParts;
  readonly settings: WorkerSettings;
  readonly storeClock: StoreClock;
  readonly table = new InstanceTable();
  readonly committer: Committer;
  readonly mailOrder = new MailOrder();
  readonly dispatcher: Dispatcher;
  readonly fleet: Fleet;
  readonly keptResults = new KeptResults();
  readonly unoffered: Unoffered;
  readonly gate: SuspectGate;
  readonly losses: LossLog;
  phase: Phase = "joining";
  readonly #episodes: EpisodeLoop;
  readonly #timers: TimerQueue<ActiveInstance>;
  readonly #intake: Intake;
  readonly #lease: LeaseKeeper;
  readonly #upkeep: Upkeep;
  readonly #resync: Resync;
  readonly #numbers: NumberPool;
  readonly door: ClientDoor;
  readonly #startListeners = new Set<(instance: ActiveInstance) => void>();
  readonly #endListeners = new Set<(instance: ActiveInstance) => void>();
  #identity: Identity | null = null;
  #leftAs: Identity | null = null;
  /** The store is of another release: nothing can be written until it is of this one again. */
  #isShutOut = false;
  #stopHints: (() => void) | null = null;
  #turnedAt: number;

  constructor(parts: WorkerParts, settings: WorkerSettings) {
    this.parts = parts;
    this.settings = settings;
    this.storeClock = new StoreClock(parts.clock);
    this.#turnedAt = parts.clock.monotonicMs();
    this.gate = new SuspectGate(parts.scheduler);
    this.committer = new Committer(parts, this);
    this.losses = new LossLog(parts.log);
    this.#episodes = new EpisodeLoop(this);
    this.fleet = new Fleet(this);
    this.unoffered = new Unoffered(this, () => this.#intake.claimNow());
    const limits = { all: settings.maxConcurrentActivities, each: settings.activityLimits };
    this.dispatcher = new Dispatcher(parts, this.gate, limits, {
      onLost: ({ request }, lost) => this.losses.note("activity", request.name, request.instanceId, lost),
      onResult: (task, result) => {
        if (this.phase !== "running" && this.phase !== "draining") return;
        deliverResult(this, task, result);
        this.#intake.onPlaceFree(task.request.name, isSuspect(task.crashes));
      },
      onHeartbeat: () => this.#upkeep.onHeartbeat(),
    });
    this.#timers = new TimerQueue(
      parts.scheduler,
      () => this.storeClock.now(),
      (instance, at) => {
        if (instance.wakesAt !== at) return;
        instance.wakeAt(null);
        this.enqueue(instance);
      },
    );
    this.#intake = new Intake(this);
    this.#upkeep = new Upkeep(this);
    const numbers = new NumberPool(parts.store);
    this.#numbers = numbers;
    this.door = new ClientDoor(this, {
      hasNumbers: () => !numbers.isLow,
      refillNumbers: () => numbers.refill(),
      resting: () => this.#resync.resting,
      trouble: () => this.#resync.trouble,
    });
    this.#resync = new Resync(this, {
      setIdentity: (identity) => {
        this.#identity = identity;
      },
      rejoin: (why) => this.#rejoin(why),
      clearLine: () => {
        this.#episodes.clear();
        this.#timers.stop();
        this.#intake.forgetClaims();
      },
      giveUp: (instance) => this.#episodes.giveUp(instance),
    });
    this.#lease = new LeaseKeeper(parts, settings, {
      worker: this,
      whyStuck: () => {
        if (parts.clock.monotonicMs() - this.#turnedAt < settings.leaseMs / 2 || this.#isWritten) return null;
        return this.#resync.trouble;
      },
      learn: (now) => this.storeClock.learn(now),
      fleet: this.fleet,
      onWorkers: (rows, now) => {
        this.fleet.learn(rows, now);
        this.unoffered.onRenewal();
      },
      onFenced: (identity) => this.#fenced(identity),
      onFreed: () => this.lookAround(),
    });
  }

  get identity(): Identity {
    if (this.#identity === null) throw new Error("the worker has not joined");
    return this.#identity;
  }

  get backlog(): number {
    return this.#episodes.backlog;
  }

  get episodesPerCommit(): number {
    return this.#resync.singleFile > 0 ? 1 : this.settings.maxEpisodesPerCommit;
  }

  get storeNow(): number {
    return this.storeClock.now();
  }

  get isTroubled(): boolean {
    const since = this.#resync.troubledSince;
    return since !== null && this.parts.clock.monotonicMs() - since >= TROUBLED_MS;
  }

  get isQuiet(): boolean {
    return this.backlog === 0 && this.dispatcher.size === 0 && this.#isWritten;
  }

  /** Nothing is to be written: nor is a batch that the store has refused waiting to be sent again. */
  get #isWritten(): boolean {
    return this.committer.idle && !this.committer.isOccupied;
  }

  // --- life ---

  start(): Promise<void> {
    return inEngine(() => this.#start());
  }

  async #start(): Promise<void> {
    const { scheduler, clock } = this.parts;
    await this.#join(persistent({ scheduler, clock, forMs: this.settings.joinMs, isOver: () => this.phase !== "joining" }));
    if (this.phase !== "joining") return;
    this.phase = "running";
    const stopHints = this.parts.store.onForeignChange(() => this.lookAround());
    const stopOffers = this.parts.executor.onOffer(() => inEngine(() => this.#offerChanged()));
    this.#stopHints = () => {
      stopHints();
      stopOffers();
    };
    this.#offerChanged(); // what has changed while it joined
    this.#lease.start();
    this.#upkeep.start();
    this.lookAround();
  }

  async stop(): Promise<void> {
    if (this.phase === "stopped" || this.phase === "dead") return;
    if (this.phase === "joining") {
      this.phase = "stopped";
      return;
    }
    this.phase = "draining";
    this.#stopHints?.();
    this.dispatcher.close();
    const { scheduler } = this.parts;
    await this.#untilQuiet(this.settings.drainMs);
    const handedBack = await within(scheduler, HAND_BACK_MS, this.#isShutOut ? Promise.resolve() : this.#handBack());
    this.#halt("stopped");
    this.door.close();
    const left = await within(scheduler, LEAVE_MS, this.#leave());
    if (handedBack.kind === "done" && left.kind === "done") this.#log("info", "worker.left", "The worker has left the task hub");
    else this.#log("warn", "worker.leave-failed", leaveFailed(left.kind === "failed" ? refusalText(left.error) : this.#resync.trouble));
  }

  kill(): void {
    this.#halt("dead");
    this.committer.reset(false);
    this.committer.halt();
    this.dispatcher.clear();
    this.table.clear();
    this.#episodes.clear();
  }

  #halt(phase: "stopped" | "dead"): void {
    this.phase = phase;
    this.#stopHints?.();
    this.#stopHints = null;
    this.#intake.stop();
    this.#lease.stop();
    this.#upkeep.stop();
    this.unoffered.stop();
    this.#timers.stop();
  }

  async #join(step: Step = once): Promise<void> {
    const { store, executor, host, codeVersion } = this.parts;
    const functions = namesOffered(executor.offer);
    const joined = await step(() => store.join({ leaseMs: this.settings.leaseMs, functions, host }));
    this.#identity = { worker: joined.worker, fence: joined.fence };
    this.fleet.joined(functions);
    this.storeClock.learn(joined.now);
    await step(() => this.#numbers.refill());
    await step(() => store.resumeForCode({ keys: this.fleet.keys.instances, codeVersion }));
    this.#log("info", "worker.joined", `Worker ${joined.worker} has joined the task hub`);
  }

  /** The executor can run other functions, more or less of them, or has a place for them again. */
  #offerChanged(): void {
    if (this.phase !== "running") return;
    if (this.fleet.offered(namesOffered(this.parts.executor.offer))) {
      this.#lease.renewSoon();
      const { store, codeVersion } = this.parts;
      store.resumeForCode({ keys: this.fleet.keys.instances, codeVersion }).then(
        () => this.lookAround(),
        () => {}, // the store is away: what is stopped waits for the next worker that joins
      );
    }
    this.dispatcher.startNext();
    this.#episodes.onRoom();
    this.#intake.claimNow();
  }

  /** Dead by the store's word: all that was in memory belongs to others now. */
  #fenced(dead: Identity): void {
    if (this.phase !== "running" && this.phase !== "draining") return;
    const { worker, fence } = this.identity;
    if (this.committer.inFlight !== null || worker !== dead.worker || fence !== dead.fence) return; // its own answer will say so, and knows more
    if (this.committer.isOccupied) {
      // A refused batch is being settled under the old name: it must not go on under the new one.
      this.parts.scheduler.after(SETTLED_YET_MS, () => this.#fenced(dead));
      return;
    }
    this.#resync.dropAll();
    this.#rejoin("fenced");
  }

  /** What it owns is free at once, and not at the end of its lease. Once for each identity. */
  async #leave(): Promise<void> {
    const { identity } = this;
    if (this.#leftAs === identity) return;
    await this.parts.store.leave(identity);
    this.#leftAs = identity;
  }

  #rejoin(why: StoreRefusal["kind"]): void {
    this.#isShutOut = why === "otherRelease";
    this.dispatcher.abortAll("lost");
    this.dispatcher.clear();
    this.keptResults.clear();
    this.committer.reset(true);
    this.committer.halt();
    this.#lease.stop();
    const wasDraining = this.phase === "draining";
    this.#log("warn", "worker.lost", `This worker has lost what it owned (${why}); it joins again as a new one`);
    const attempt = () => {
      this.#join().then(
        () => {
          if (this.phase === "dead" || this.phase === "stopped") return;
          this.#isShutOut = false;
          this.#resync.troubledSince = null;
          this.committer.unhalt();
          if (wasDraining) return;
          this.#offerChanged(); // what has changed while it joined
          this.#lease.start();
          this.lookAround();
        },
        () => {
          if (this.phase !== "dead" && this.phase !== "stopped") this.parts.scheduler.after(1_000, attempt);
        },
      );
    };
    // Refused for its release alone: those of the other release need not wait until it is taken for dead.
    if (this.#isShutOut) void this.#leave().then(attempt, attempt);
    else attempt();
  }

  async #untilQuiet(limitMs: number): Promise<void> {
    const until = this.parts.clock.monotonicMs() + limitMs;
    while (!this.isQuiet && !this.#isShutOut && this.parts.clock.monotonicMs() < until && this.phase === "draining") {
      await new Promise<void>((resolve) => this.parts.scheduler.after(DRAIN_STEP_MS, resolve));
    }
  }

  async #handBack(): Promise<void> {
    for (const instance of [...this.table.all()]) {
      this.#episodes.giveUp(instance);
      if (instance.phase === "idle" || instance.phase === "queued" || instance.phase === "held") release(this, instance);
    }
    await this.committer.flushed();
  }

  // --- what the parts ask of each other ---

  mintNo(): InstanceNo | null {
    return this.#numbers.take();
  }

  enqueue(instance: ActiveInstance): void {
    this.#episodes.enqueue(instance);
  }

  armTimer(instance: ActiveInstance): void {
    const { state } = instance;
    let at = earliestTimer(state);
    if (!state.started && state.generation === 0 && state.startAt !== null && (at === null || state.startAt < at)) at = state.startAt;
    if (at === instance.wakesAt) return;
    instance.wakeAt(at);
    if (at !== null) this.#timers.add(at, instance);
  }

  announce(instance: ActiveInstance): void {
    for (const listener of instance.end === null ? this.#startListeners : this.#endListeners) listener(instance);
  }

  lookAround(): void {
    this.#intake.lookAround();
  }

  forgetSeq(instance: ActiveInstance, seq: number): void {
    this.#intake.forgetSeq(instance, seq);
  }

  claims(): Claims {
    return this.#intake.claims();
  }

  onDurable({ batch, effects, receipt, claims }: DurableBatch): void {
    this.#turnedAt = this.parts.clock.monotonicMs();
    this.storeClock.learn(receipt.now);
    if (this.phase !== "running" && this.phase !== "draining") return;
    this.#resync.onDurable(batch);
    this.#upkeep.onDurable();
    releaseEffects(this, effects, receipt);
    shareLine(this);
    this.unoffered.onDurable(batch);
    this.#intake.onDurable(receipt, claims);
    this.#episodes.onRoom();
  }

  onRefused(batch: Batch, commit: GroupCommit, refusal: StoreRefusal): void {
    if (this.phase === "running" || this.phase === "draining") this.#resync.onRefused(batch, commit, refusal);
  }

  // --- clients of this process ---

  startInstance(params: StartParams): Promise<StartReceipt> {
    return inEngine(() => {
      const op = new StartOp(params, this.door.dueAt, this.door.onAnswer);
      this.door.enter(op);
      return op.promise;
    });
  }

  deliver(instanceId: InstanceId, message: Message): Promise<DeliverReceipt> {
    return inEngine(() => {
      const op = new DeliverOp(instanceId, message, this.door.dueAt, this.door.onAnswer);
      this.door.enter(op);
      return op.promise;
    });
  }

  onTaking(): void {
    this.door.release();
  }

  onEnd(listener: (instance: ActiveInstance) => void): () => void {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  }

  onStart(listener: (instance: ActiveInstance) => void): () => void {
    this.#startListeners.add(listener);
    return () => this.#startListeners.delete(listener);
  }

  peek(instanceId: string): ActiveInstance | undefined {
    return this.table.byId(instanceId);
  }

  #log(level: "info" | "warn", event: string, message: string): void {
    this.parts.log.write({ level, event, message, fields: { worker: this.#identity?.worker ?? null, host: this.parts.host } });
  }
}
