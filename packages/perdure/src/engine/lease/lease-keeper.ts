import { refusalOf, refusalText } from "../../store/errors.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import { Repeated } from "../../telemetry/repeated.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Progress } from "../recovery/progress.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { LeaseWatch } from "./lease-watch.ts";

export interface FencedListener {
  /** A renewal under this identity was refused: the store says that this worker is dead, or the answer is outdated, since the worker has a new fence by now. */
  fenced(identity: Identity): void;
}

export interface LeasePort {
  readonly parts: Pick<WorkerParts, "store" | "scheduler" | "clock" | "log">;
  readonly settings: Pick<WorkerSettings, "leaseMs" | "renewEveryMs">;
  readonly identity: Identity;
  /** A worker that makes no progress must not keep its lease (docs/design/ownership.md 4). */
  readonly progress: Pick<Progress, "look" | "whyStuck">;
  /** What the renewal says of this worker. */
  readonly fleet: Pick<Fleet, "load" | "unsaid" | "said">;
  readonly storeClock: Pick<StoreClock, "learn">;
  /** Of the others' leases. */
  readonly watch: Pick<LeaseWatch, "start" | "stop" | "renewed" | "storeLost">;
  readonly rejoining: FencedListener;
}

/** Not at once: an engine that has just begun to write something does not count as one that makes progress. */
const SOON_MS = 50;
/** A timer that is later than this was held up. */
const THREAD_HELD_MS = 1_000;
const THREAD_HELD = "the thread of this process was blocked: a function computed without an await, or the process was frozen";

/** Renews this worker's lease, and nothing else: whatever is done about the other workers, no renewal waits for it. */
export class LeaseKeeper {
  readonly #port: LeasePort;
  /** A store that is away for an hour is not logged 1,200 times. */
  readonly #complaints = new Repeated();
  /** The next renewal comes at once, and not after the usual interval. */
  #isSoon = false;
  #cancel: (() => void) | null = null;
  /** Counts starts and stops: answers to calls of an earlier life are ignored. */
  #life = 0;

  constructor(port: LeasePort) {
    this.#port = port;
  }

  start(): void {
    this.#life += 1;
    this.#port.watch.start();
    this.#next(this.#life);
  }

  stop(): void {
    this.#life += 1;
    this.#cancel?.();
    this.#cancel = null;
    this.#port.watch.stop();
  }

  /** What others are told of this worker has changed, and is written now. A renewal that is under way may not contain it yet: the next one does. */
  renewSoon(): void {
    this.#isSoon = true;
    if (this.#cancel === null) return; // a renewal is under way, and what follows it asks
    this.#cancel();
    this.#cancel = null;
    this.#next(this.#life);
  }

  #next(life: number): void {
    if (life !== this.#life) return;
    const { clock, scheduler } = this.#port.parts;
    const waitMs = this.#isSoon ? SOON_MS : this.#port.settings.renewEveryMs;
    const at = clock.monotonicMs() + waitMs;
    this.#isSoon = false;
    this.#cancel = scheduler.after(waitMs, () => {
      this.#cancel = null;
      const { identity } = this.#port;
      this.#turn(life, identity, clock.monotonicMs() - at).then(
        () => this.#next(life),
        (error: unknown) => this.#lost(life, identity, saidByStore(error)),
      );
    });
  }

  /** `lateMs`: how much later than it should the renewal begins. */
  async #turn(life: number, identity: Identity, lateMs: number): Promise<void> {
    const { progress } = this.#port;
    progress.look();
    const stuck = progress.whyStuck;
    if (stuck !== null) {
      const why = lateMs > THREAD_HELD_MS ? THREAD_HELD : stuck;
      if (!this.#complaints.isDue(why)) return;
      this.#log("lease.not-renewed", `The engine makes no progress, so the lease is not renewed: ${why}`);
      return;
    }
    const { load, unsaid } = this.#port.fleet;
    const offered = unsaid === null ? {} : { functions: unsaid };
    const { now } = await this.#port.parts.store.renew({ ...identity, leaseMs: this.#port.settings.leaseMs, load, ...offered });
    if (life !== this.#life) return;
    if (unsaid !== null) this.#port.fleet.said(unsaid);
    this.#complaints.end();
    this.#port.storeClock.learn(now);
    this.#port.watch.renewed();
  }

  #lost(life: number, identity: Identity, error: unknown): void {
    if (life !== this.#life) return;
    if (refusalOf(error).kind === "fenced") {
      this.#port.rejoining.fenced(identity);
      this.#next(life);
      return;
    }
    this.#port.watch.storeLost();
    const why = refusalText(error);
    if (this.#complaints.isDue(why)) this.#log("store.away", `The lease could not be renewed: ${why}`);
    this.#next(life);
  }

  #log(event: string, message: string): void {
    this.#port.parts.log.write({ level: "warn", event, message, fields: { worker: this.#port.identity.worker } });
  }
}
