import { endReason } from "../model/executor.ts";
import type { Engine } from "./engine.ts";
import type { ActiveInstance } from "./instances/instance.ts";
import { shareLine } from "./placement/sharing.ts";

const TICK_MS = 1_000;
/** Releases in one tick: a batch of them stays well under a row limit. */
const RELEASES_PER_TICK = 2_000;
/** Releases with one commit while the worker is crowded: as many as a commit brings in, so that a flood of sleepers does not wait for ticks. */
const RELEASES_PER_COMMIT = 500;
/** The oldest come first in the table; busy ones among them are passed over, up to this many for one release. */
const LOOKS_PER_RELEASE = 20;
const PURGE_SLICE = 500;
/** An instance that is due sooner stays, also when others have less to do. */
const SOON_MS = 1_000;
/** Old instances leave in steps, not in one heap at the end of the retention. */
const PURGES_PER_RETENTION = 8;

/** Something that is done in the store now and then. Each has a time of its own, so that none can keep another from its turn. */
interface Job {
  readonly everyMs: number;
  readonly work: () => Promise<void>;
  nextAt: number;
  running: boolean;
}

/** What must be done now and then, whatever else happens: idle instances leave, long activities get rows, the store is swept. */
export class Upkeep {
  readonly #engine: Engine;
  readonly #jobs: readonly Job[];
  #cancelTick: (() => void) | null = null;
  #heartbeatSoon = false;

  constructor(engine: Engine) {
    this.#engine = engine;
    const { sweepEveryMs, retentionMs } = engine.settings;
    const job = (everyMs: number, work: () => Promise<void>): Job => {
      return { everyMs, work, nextAt: engine.parts.clock.monotonicMs() + everyMs, running: false };
    };
    const jobs = [job(sweepEveryMs, () => this.#sweep()), job(TICK_MS, () => this.#abortCancelledTasks())];
    if (retentionMs !== null) {
      const everyMs = Math.min(retentionMs / PURGES_PER_RETENTION, sweepEveryMs);
      jobs.push(job(everyMs, () => this.#purgeOld(retentionMs)));
    }
    this.#jobs = jobs;
  }

  start(): void {
    this.#cancelTick = this.#engine.parts.scheduler.after(TICK_MS, () => {
      this.#tick();
      if (this.#cancelTick !== null) this.start();
    });
  }

  stop(): void {
    this.#cancelTick?.();
    this.#cancelTick = null;
  }

  /** The last heartbeat is in the store within `heartbeatFlushMs`; several in between are one. */
  onHeartbeat(): void {
    if (this.#heartbeatSoon) return;
    this.#heartbeatSoon = true;
    this.#engine.parts.scheduler.after(this.#engine.settings.heartbeatFlushMs, () => {
      this.#heartbeatSoon = false;
      for (const running of this.#engine.dispatcher.all()) if (running.progressUnsaved) this.#engine.activityRows.saveProgress(running);
    });
  }

  #tick(): void {
    const engine = this.#engine;
    if (engine.phase !== "running") return;
    this.#releaseIdle(RELEASES_PER_TICK);
    this.#giveRowsToLongActivities();
    shareLine(engine);
    const now = engine.parts.clock.monotonicMs();
    for (const job of this.#jobs) if (now >= job.nextAt && !job.running) run(job, now);
  }

  /** Called with every commit: a crowded worker does not wait for the tick. */
  onDurable(): void {
    if (this.#isCrowded && this.#engine.phase === "running") this.#releaseIdle(RELEASES_PER_COMMIT);
  }

  get #isCrowded(): boolean {
    return this.#engine.table.size > this.#engine.settings.maxOwnedInstances / 2;
  }

  #releaseIdle(limit: number): void {
    const { table, settings, parts, fleet } = this.#engine;
    const now = parts.clock.monotonicMs();
    const isBetterElsewhere = fleet.lighterOthers > 0;
    const idleSince = this.#isCrowded || isBetterElsewhere ? now : now - settings.idleReleaseMs;
    const dueFrom = this.#engine.storeClock.now() + (isBetterElsewhere ? SOON_MS : settings.idleReleaseMs);
    let released = 0;
    let looked = 0;
    for (const instance of table.all()) {
      looked += 1;
      if (released >= limit || looked > LOOKS_PER_RELEASE * limit) return;
      if (instance.touchedAt > idleSince || !this.#isIdle(instance, dueFrom)) continue;
      this.#engine.leaving.release(instance);
      released += 1;
    }
  }

  /** Nothing running, nothing waiting, nothing unsaved, and no timer before it is worth leaving. */
  #isIdle(instance: ActiveInstance, dueFrom: number): boolean {
    if (instance.phase !== "idle" || instance.undurableBatches > 0 || !instance.mailbox.isEmpty) return false;
    if (!this.#engine.mailOrder.mayGoDirect(instance)) return false; // mail lies in its inbox: the store would refuse, again and again
    if (instance.state.activities.size > instance.rowTasks.size) return false;
    const { wakesAt } = instance;
    return wakesAt === null || wakesAt > dueFrom;
  }

  #giveRowsToLongActivities(): void {
    const { dispatcher, settings, parts } = this.#engine;
    const since = parts.clock.monotonicMs() - settings.longActivityMs;
    for (const task of dispatcher.all()) {
      if (task.startedAt !== null && task.startedAt <= since && task.row === null && !task.resultDropped)
        this.#engine.activityRows.give(task);
    }
  }

  async #sweep(): Promise<void> {
    const engine = this.#engine;
    const { store, log } = engine.parts;
    for (let more = true; more && engine.phase === "running"; ) {
      const swept = await store.sweep();
      more = swept.more;
      if (swept.repaired === 0) continue;
      const message = `The sweep woke ${swept.repaired} instances that slept with mail. This should not happen; please report it.`;
      log.write({ level: "error", event: "sweep.repaired", message, fields: { ...swept } });
    }
    await this.#compareOwned();
  }

  /** A claim whose answer was lost leaves an instance that is owned here and unknown to this worker. */
  async #compareOwned(): Promise<void> {
    const engine = this.#engine;
    if (!this.#isAtRest) return;
    const owned = await engine.parts.store.readOwned(engine.identity.worker);
    if (!this.#isAtRest) return; // what is born in a batch on its way is owned in the store, and not known here yet
    const strangers = owned.filter(({ no }) => engine.table.byNo(no) === undefined).map(({ no }) => no);
    if (strangers.length > 0) await engine.loader.load(strangers);
  }

  /** Nothing is on its way to the store, nor is a refused batch being dealt with. */
  get #isAtRest(): boolean {
    const { committer } = this.#engine;
    return committer.idle && !committer.isOccupied;
  }

  /** A task row that is gone was cancelled by its instance's end: the attempt is no longer wanted. */
  async #abortCancelledTasks(): Promise<void> {
    const { dispatcher, parts } = this.#engine;
    const withRow = [...dispatcher.all()].filter((task) => task.row !== null && task.startedAt !== null);
    if (withRow.length === 0 || !this.#engine.committer.idle) return;
    const rows = await parts.store.loadTasks(withRow.map((task) => task.request));
    const alive = new Set(rows.map((row) => `${row.no}:${row.generation}:${row.eventId}`));
    for (const { request } of withRow) {
      if (alive.has(`${request.no}:${request.generation}:${request.eventId}`)) continue;
      const instance = await parts.store.getInstance(request.instanceId, "none");
      dispatcher.abort(request, endReason(instance?.status ?? "Terminated"));
    }
  }

  async #purgeOld(retentionMs: number): Promise<void> {
    const { storeClock, parts } = this.#engine;
    const completedBefore = storeClock.now() - retentionMs;
    const range = { createdFrom: null, createdTo: null, completedBefore, statuses: [], limit: PURGE_SLICE };
    for (let complete = false; !complete && this.#engine.phase === "running"; ) {
      const purged = await parts.store.purge(range);
      complete = purged.complete;
    }
  }
}

/** One that takes longer than its interval is not begun again meanwhile; when the store is away, the next time is soon enough. */
function run(job: Job, now: number): void {
  job.nextAt = now + job.everyMs;
  job.running = true;
  const done = () => {
    job.running = false;
  };
  job.work().then(done, done);
}
