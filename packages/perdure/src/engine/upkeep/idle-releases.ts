import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { MailOrder } from "../mail/mail-order.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { Phase } from "../phase.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { StoreClock } from "../time/store-clock.ts";

/** Releases in one tick: a batch of them stays well under a row limit. */
const RELEASES_PER_TICK = 2_000;
/** Releases with one commit while the worker is crowded: as many as a commit brings in, so that a flood of sleepers does not wait for ticks. */
const RELEASES_PER_COMMIT = 500;
/** The oldest come first in the table; busy ones among them are passed over, up to this many for one release. */
const LOOKS_PER_RELEASE = 20;
/** An instance that is due sooner stays, also when others have less to do. */
const SOON_MS = 1_000;

export interface IdleReleasesPort {
  readonly parts: Pick<WorkerParts, "clock">;
  readonly settings: Pick<WorkerSettings, "maxOwnedInstances" | "idleReleaseMs">;
  readonly phase: Phase;
  readonly table: Pick<InstanceTable, "size" | "all">;
  readonly fleet: Pick<Fleet, "lighterOthers">;
  readonly storeClock: Pick<StoreClock, "now">;
  readonly mailOrder: Pick<MailOrder, "mayGoDirect">;
  readonly leaving: Pick<Leaving, "release">;
}

/** Gives instances back that have had nothing to do for a while: sooner when there are many, or when other workers have less work. */
export class IdleReleases {
  readonly #port: IdleReleasesPort;

  constructor(port: IdleReleasesPort) {
    this.#port = port;
  }

  onTick(): void {
    this.#release(RELEASES_PER_TICK);
  }

  /** Called with every commit: a crowded worker does not wait for the tick. */
  onDurable(): void {
    if (this.#isCrowded && this.#port.phase === "running") this.#release(RELEASES_PER_COMMIT);
  }

  get #isCrowded(): boolean {
    return this.#port.table.size > this.#port.settings.maxOwnedInstances / 2;
  }

  #release(limit: number): void {
    const { table, settings, parts, fleet, storeClock, leaving } = this.#port;
    const now = parts.clock.monotonicMs();
    const isBetterElsewhere = fleet.lighterOthers > 0;
    const idleSince = this.#isCrowded || isBetterElsewhere ? now : now - settings.idleReleaseMs;
    const dueFrom = storeClock.now() + (isBetterElsewhere ? SOON_MS : settings.idleReleaseMs);
    let released = 0;
    let looked = 0;
    for (const instance of table.all()) {
      looked += 1;
      if (released >= limit || looked > LOOKS_PER_RELEASE * limit) return;
      if (instance.touchedAt > idleSince || !this.#isIdle(instance, dueFrom)) continue;
      leaving.release(instance);
      released += 1;
    }
  }

  /** Nothing running, nothing waiting, nothing unsaved, and no timer before it is worth leaving. */
  #isIdle(instance: ActiveInstance, dueFrom: number): boolean {
    if (instance.phase !== "idle" || instance.undurableBatches > 0 || !instance.mailbox.isEmpty) return false;
    if (!this.#port.mailOrder.mayGoDirect(instance)) return false; // mail lies in its inbox: the store would refuse, again and again
    if (instance.state.activities.size > instance.rowTasks.size) return false;
    const { wakesAt } = instance;
    return wakesAt === null || wakesAt > dueFrom;
  }
}
