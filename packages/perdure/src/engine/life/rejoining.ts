import type { StoreRefusal } from "../../store/errors.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import type { Committer } from "../commits/committer.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { FencedListener } from "../lease/lease-keeper.ts";
import type { WorkerParts } from "../options.ts";
import type { Phase } from "../phase.ts";
import { isAlive } from "../phase.ts";
import type { FreshStart } from "../recovery/fresh-start.ts";
import type { Resync } from "../recovery/resync.ts";
import type { WorkerMemory } from "../recovery/worker-memory.ts";
import type { Joining } from "./joining.ts";
import type { Membership } from "./membership.ts";
import type { Work } from "./work.ts";

const SETTLED_YET_MS = 50;
const REJOIN_PAUSE_MS = 1_000;

export interface RejoiningPort {
  readonly phase: Phase;
  readonly parts: Pick<WorkerParts, "scheduler">;
  readonly membership: Pick<Membership, "identity" | "leave" | "log">;
  readonly committer: Pick<Committer, "inFlight" | "isOccupied">;
  readonly resync: Pick<Resync, "dropAll">;
  readonly memory: Pick<WorkerMemory, "loseAll">;
  readonly joining: Pick<Joining, "asNewWorker">;
  readonly freshStart: Pick<FreshStart, "begin">;
  readonly work: Pick<Work, "pause" | "goOn">;
}

/** A worker that the store has declared dead drops everything and joins as a new one. Its phase stays what it is. */
export class Rejoining implements FencedListener {
  readonly #port: RejoiningPort;
  #isShutOut = false;

  constructor(port: RejoiningPort) {
    this.#port = port;
  }

  /** The store is of another release: nothing can be written until it is of this one again. */
  get isShutOut(): boolean {
    return this.#isShutOut;
  }

  /** Dead by the store's word: all that was in memory belongs to others now. */
  fenced(dead: Identity): void {
    if (!isAlive(this.#port.phase)) return;
    const { parts, membership, committer, resync } = this.#port;
    const { worker, fence } = membership.identity;
    if (committer.inFlight !== null || worker !== dead.worker || fence !== dead.fence) return; // its own answer will say so, and knows more
    if (committer.isOccupied) {
      // A refused batch is being dealt with under the old name: it must not go on under the new one.
      parts.scheduler.after(SETTLED_YET_MS, () => this.fenced(dead));
      return;
    }
    resync.dropAll();
    this.rejoin("fenced");
  }

  /** The instances are forgotten already: so is all else, and it is tried again and again while the store does not let it join. */
  rejoin(why: StoreRefusal["kind"]): void {
    const { parts, membership, memory, joining, work } = this.#port;
    this.#isShutOut = why === "otherRelease";
    memory.loseAll();
    work.pause();
    const wasDraining = this.#port.phase === "draining";
    membership.log("warn", "worker.lost", `This worker has lost what it owned (${why}); it joins again as a new one`);
    const attempt = () =>
      joining.asNewWorker(
        () => this.#rejoined(wasDraining),
        () => parts.scheduler.after(REJOIN_PAUSE_MS, attempt),
      );
    // Refused for its release alone: those of the other release need not wait until it is taken for dead.
    if (this.#isShutOut) void membership.leave().catch(saidByStore).then(attempt);
    else attempt();
  }

  #rejoined(wasDraining: boolean): void {
    this.#isShutOut = false;
    this.#port.freshStart.begin();
    if (!wasDraining) this.#port.work.goOn();
  }
}
