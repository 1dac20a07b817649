import type { Fence, WorkerId } from "../../model/ids.ts";
import { refusalOf, refusalText } from "../../store/errors.ts";
import type { WorkerRow } from "../../store/rows.ts";
import { Repeated } from "../../telemetry/repeated.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Progress } from "../recovery/progress.ts";
import type { StoreClock } from "../time/store-clock.ts";

export interface LeaseEvents {
  /** All workers, as the store has them now. */
  onWorkers(rows: readonly WorkerRow[], now: number): void;
  /** A renewal by this name was refused: the store says that this worker is dead, or it is old news, since the worker has a new fence meanwhile. */
  onFenced(identity: Identity): void;
}

export interface LeasePort {
  readonly parts: Pick<WorkerParts, "store" | "scheduler" | "clock" | "log">;
  readonly settings: Pick<WorkerSettings, "leaseMs" | "renewEveryMs">;
  readonly identity: Identity;
  /** A worker that makes no progress must not keep its lease (docs/design/ownership.md 4). */
  readonly progress: Pick<Progress, "whyStuck">;
  /** What the renewal says of this worker. */
  readonly fleet: Pick<Fleet, "load" | "unsaid" | "said">;
  readonly storeClock: Pick<StoreClock, "learn">;
  readonly events: LeaseEvents;
  /** There may be work: instances were freed from a dead worker. */
  lookAround(): void;
}

/** What this worker has seen of another one, on its own monotonic clock. */
interface Sighting {
  readonly fence: Fence | null;
  readonly renewals: number;
  readonly since: number;
  /** Own good renewals since then. */
  readonly ownRenewals: number;
}

/** Not at once: an engine that has just begun to write something does not count as one that makes progress. */
const SOON_MS = 50;
const TAKEOVER_SLICE = 500;
/** A timer that is later than this was held up. */
const THREAD_HELD_MS = 1_000;
const THREAD_HELD = "the thread of this process was not free: a function computed without an await, or the process was frozen";

/**
 * Renews this worker's lease and watches the others'. A worker is declared dead only by one that has renewed at least twice, without losing
 * the store, through a full lease in which the other's renewals stood still: a store that was away ends no worker (docs/design/ownership.md 4).
 */
export class LeaseKeeper {
  readonly #port: LeasePort;
  /** A store that is away for an hour is not said 1,200 times. */
  readonly #complaints = new Repeated();
  readonly #sightings = new Map<WorkerId, Sighting>();
  #ownRenewals = 0;
  /** The next renewal is not waited for. */
  #isSoon = false;
  #renewAt: number;
  #cancel: (() => void) | null = null;
  /** Counts starts and stops: answers to calls of an earlier life are ignored. */
  #life = 0;

  constructor(port: LeasePort) {
    this.#port = port;
    this.#renewAt = port.parts.clock.monotonicMs();
  }

  start(): void {
    this.#ownRenewals = 0;
    this.#sightings.clear();
    this.#life += 1;
    this.#watch(this.#life).catch(() => {});
    this.#next(this.#life);
  }

  stop(): void {
    this.#life += 1;
    this.#cancel?.();
    this.#cancel = null;
  }

  /** What others are told of this worker has changed: it is told now. A renewal that is under way may not hold it yet: the next one does. */
  renewSoon(): void {
    this.#isSoon = true;
    if (this.#cancel === null) return; // a renewal or a look is under way, and what follows it asks
    this.#cancel();
    this.#cancel = null;
    this.#next(this.#life);
  }

  #next(life: number): void {
    this.#renewAt = this.#port.parts.clock.monotonicMs() + (this.#isSoon ? SOON_MS : this.#port.settings.renewEveryMs);
    this.#isSoon = false;
    this.#sleep(life);
  }

  /**
   * Until the next renewal, or until another worker has been watched through a full lease: if that had to wait for a renewal, a takeover would take
   * up to a renewal interval longer (15 s instead of 13 s with the default lease).
   */
  #sleep(life: number): void {
    if (life !== this.#life) return;
    const now = this.#port.parts.clock.monotonicMs();
    let at = this.#renewAt;
    for (const { since } of this.#sightings.values()) {
      const ripe = since + this.#port.settings.leaseMs;
      if (ripe > now && ripe < at) at = ripe;
    }
    const isRenewal = at === this.#renewAt;
    this.#cancel = this.#port.parts.scheduler.after(Math.max(0, at - now), () => {
      this.#cancel = null;
      if (isRenewal) {
        const { identity } = this.#port;
        this.#turn(life, identity, this.#port.parts.clock.monotonicMs() - at).then(
          () => this.#next(life),
          (error: unknown) => this.#lost(life, identity, error),
        );
        return;
      }
      const watched = () => (this.#isSoon ? this.#next(life) : this.#sleep(life));
      this.#watch(life).then(watched, watched); // whether the store answers is for the renewal to say
    });
  }

  /** `lateMs`: how much later than it should the renewal begins. */
  async #turn(life: number, identity: Identity, lateMs: number): Promise<void> {
    const stuck = this.#port.progress.whyStuck();
    if (stuck !== null) {
      const why = lateMs > THREAD_HELD_MS ? THREAD_HELD : stuck;
      if (!this.#complaints.isDue(why)) return;
      this.#log("warn", "lease.not-renewed", `The engine makes no progress, so the lease is not renewed: ${why}`);
      return;
    }
    const { load, unsaid } = this.#port.fleet;
    const offered = unsaid === null ? {} : { functions: unsaid };
    const { now } = await this.#port.parts.store.renew({ ...identity, leaseMs: this.#port.settings.leaseMs, load, ...offered });
    if (life !== this.#life) return;
    this.#ownRenewals += 1;
    if (unsaid !== null) this.#port.fleet.said(unsaid);
    this.#complaints.end();
    this.#port.storeClock.learn(now);
    await this.#watch(life);
  }

  #lost(life: number, identity: Identity, error: unknown): void {
    if (life !== this.#life) return;
    if (refusalOf(error).kind === "fenced") {
      this.#port.events.onFenced(identity);
      this.#next(life);
      return;
    }
    this.#ownRenewals = 0;
    this.#sightings.clear();
    const why = refusalText(error);
    if (this.#complaints.isDue(why)) this.#log("warn", "store.away", `The lease could not be renewed: ${why}`);
    this.#next(life);
  }

  async #watch(life: number): Promise<void> {
    const { now, workers } = await this.#port.parts.store.readWorkers();
    if (life !== this.#life) return;
    this.#port.events.onWorkers(workers, now);
    const seen = new Set<WorkerId>();
    for (const row of workers) {
      if (life !== this.#life) return;
      seen.add(row.worker);
      if (row.worker === this.#port.identity.worker) continue;
      if (row.fence === null || (await this.#declareDead(row, now))) await this.#takeOver(life, row);
    }
    for (const worker of this.#sightings.keys()) if (!seen.has(worker)) this.#sightings.delete(worker);
  }

  async #declareDead(row: WorkerRow, now: number): Promise<boolean> {
    const { worker, fence, renewals } = row;
    if (fence === null) return false;
    const clock = this.#port.parts.clock.monotonicMs();
    const seen = this.#sightings.get(worker);
    if (seen === undefined || seen.renewals !== renewals || seen.fence !== fence) {
      this.#sightings.set(worker, { fence, renewals, since: clock, ownRenewals: this.#ownRenewals });
      if (!row.provenDead) return false;
    } else if (!row.provenDead) {
      const watchedLongEnough = clock - seen.since >= this.#port.settings.leaseMs && this.#ownRenewals - seen.ownRenewals >= 2;
      if (!watchedLongEnough || row.leaseUntil >= now) return false;
    }
    const isDead = await this.#port.parts.store.declareDead({ worker, fence, renewals });
    if (isDead) this.#log("warn", "worker.dead", `Worker ${worker} (${row.host}) is dead: its instances are taken over`);
    return isDead;
  }

  async #takeOver(life: number, row: WorkerRow): Promise<void> {
    let freed = 0;
    for (let done = false; !done && life === this.#life; ) {
      const slice = await this.#port.parts.store.takeOver({ dead: row.worker, limit: TAKEOVER_SLICE });
      freed += slice.freed;
      done = slice.done;
      if (slice.freed > 0 || done) this.#port.lookAround();
    }
    this.#log("info", "worker.taken-over", `Took over ${freed} instances of worker ${row.worker}`);
  }

  #log(level: "info" | "warn", event: string, message: string): void {
    this.#port.parts.log.write({ level, event, message, fields: { worker: this.#port.identity.worker } });
  }
}
