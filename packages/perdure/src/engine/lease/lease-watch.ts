import type { Fence, WorkerId } from "../../model/ids.ts";
import { refusalText } from "../../store/errors.ts";
import type { WorkerRow } from "../../store/rows.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import { Repeated } from "../../telemetry/repeated.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Unoffered } from "../placement/unoffered.ts";
import type { Takeovers } from "./takeovers.ts";

export interface WatchPort {
  readonly parts: Pick<WorkerParts, "store" | "scheduler" | "clock" | "log">;
  readonly settings: Pick<WorkerSettings, "leaseMs">;
  readonly identity: Identity;
  readonly takeovers: Pick<Takeovers, "begin" | "stop">;
  /** What other parts know of the workers. */
  readonly fleet: Pick<Fleet, "learn">;
  readonly unoffered: Pick<Unoffered, "onRenewal">;
}

/** What this worker has seen of another one, on its own monotonic clock. */
interface Sighting {
  readonly fence: Fence | null;
  readonly renewals: number;
  readonly since: number;
  /** Own good renewals since then. */
  readonly ownRenewals: number;
}

/** One look at all workers: when it was requested, and after how many own renewals. What it shows is at least as recent. */
interface Look {
  readonly life: number;
  readonly askedAt: number;
  readonly ownRenewals: number;
}

/**
 * Watches the leases of the other workers. One is declared dead only by a worker that has renewed at least twice, without losing the store, through a
 * full lease in which the other's renewals stood still: a store that was away ends no worker (docs/design/ownership.md 4).
 */
export class LeaseWatch {
  readonly #port: WatchPort;
  readonly #complaints = new Repeated();
  readonly #sightings = new Map<WorkerId, Sighting>();
  #ownRenewals = 0;
  #cancel: (() => void) | null = null;
  /** Counts starts and stops: answers to calls of an earlier life are ignored. */
  #life = 0;
  /** The life that waits for the answer to a look: a store that answers slowly has one look at a time to answer. */
  #looking: number | null = null;

  constructor(port: WatchPort) {
    this.#port = port;
  }

  start(): void {
    this.#life += 1;
    this.storeLost();
    this.#look();
  }

  stop(): void {
    this.#life += 1;
    this.#cancel?.();
    this.#cancel = null;
    this.#port.takeovers.stop();
  }

  /** This worker has renewed its own lease: whatever the look takes, the next renewal does not wait for it. */
  renewed(): void {
    this.#ownRenewals += 1;
    this.#look();
  }

  /** It could not. */
  storeLost(): void {
    this.#ownRenewals = 0;
    this.#sightings.clear();
  }

  #look(): void {
    const life = this.#life;
    if (this.#looking === life) return;
    this.#looking = life;
    this.#watch({ life, askedAt: this.#port.parts.clock.monotonicMs(), ownRenewals: this.#ownRenewals }).then(
      () => this.#looked(life, null),
      (error: unknown) => this.#looked(life, refusalText(saidByStore(error))),
    );
  }

  /** `why`: the store has not answered. The next renewal is followed by the next look. */
  #looked(life: number, why: string | null): void {
    if (this.#looking === life) this.#looking = null;
    if (life !== this.#life) return;
    if (why === null) this.#complaints.end();
    else this.#complain(`What the store says of the other workers could not be read: ${why}`);
    this.#wakeWhenRipe();
  }

  /**
   * When another worker has been watched through a full lease: if that had to wait for a renewal, a takeover would take up to a renewal interval longer
   * (15 s instead of 13 s with the default lease).
   */
  #wakeWhenRipe(): void {
    const { clock, scheduler } = this.#port.parts;
    const now = clock.monotonicMs();
    let at = Number.POSITIVE_INFINITY;
    for (const { since } of this.#sightings.values()) {
      const ripe = since + this.#port.settings.leaseMs;
      if (ripe > now && ripe < at) at = ripe;
    }
    this.#cancel?.();
    this.#cancel = null;
    if (at === Number.POSITIVE_INFINITY) return;
    this.#cancel = scheduler.after(at - now, () => {
      this.#cancel = null;
      this.#look();
    });
  }

  async #watch(look: Look): Promise<void> {
    const { parts, fleet, unoffered, takeovers } = this.#port;
    const { now, workers } = await parts.store.readWorkers();
    if (look.life !== this.#life) return;
    fleet.learn(workers, now);
    unoffered.onRenewal();
    const seen = new Set<WorkerId>();
    for (const row of workers) {
      seen.add(row.worker);
      if (row.worker === this.#port.identity.worker) continue;
      const isDead = row.fence === null || (await this.#declareDead(row, now, look));
      if (look.life !== this.#life) return;
      if (isDead) takeovers.begin(row);
    }
    for (const worker of this.#sightings.keys()) if (!seen.has(worker)) this.#sightings.delete(worker);
  }

  async #declareDead(row: WorkerRow, now: number, look: Look): Promise<boolean> {
    const { worker, fence, renewals } = row;
    if (fence === null) return false;
    const { parts, settings } = this.#port;
    const seen = this.#sightings.get(worker);
    if (seen === undefined || seen.renewals !== renewals || seen.fence !== fence) {
      this.#sightings.set(worker, { fence, renewals, since: parts.clock.monotonicMs(), ownRenewals: this.#ownRenewals });
      if (!row.provenDead) return false;
    } else if (!row.provenDead) {
      const watchedLongEnough = look.askedAt - seen.since >= settings.leaseMs && look.ownRenewals - seen.ownRenewals >= 2;
      if (!watchedLongEnough || row.leaseUntil >= now) return false;
    }
    const isDead = await parts.store.declareDead({ worker, fence, renewals });
    if (isDead) this.#log("worker.dead", `Worker ${worker} (${row.host}) is dead: its instances are taken over`);
    return isDead;
  }

  #complain(message: string): void {
    if (this.#complaints.isDue(message)) this.#log("store.away", message);
  }

  #log(event: string, message: string): void {
    this.#port.parts.log.write({ level: "warn", event, message, fields: { worker: this.#port.identity.worker } });
  }
}
