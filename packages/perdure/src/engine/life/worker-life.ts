import { messageOf } from "../../errors/perdure-error.ts";
import { inEngine } from "../../process/code-scope.ts";
import { onDefect } from "../../process/defects.ts";
import type { StoreRefusal } from "../../store/errors.ts";
import { refusalText } from "../../store/errors.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { ClientDoor } from "../clients/client-door.ts";
import type { Committer } from "../commits/committer.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { LeaseKeeper } from "../lease/lease-keeper.ts";
import { persistent } from "../lease/persistent.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Phase } from "../phase.ts";
import type { FreshStart } from "../recovery/fresh-start.ts";
import type { Progress } from "../recovery/progress.ts";
import type { Resync } from "../recovery/resync.ts";
import type { WorkerMemory } from "../recovery/worker-memory.ts";
import { within } from "../time/within.ts";
import type { Upkeep } from "../upkeep/upkeep.ts";
import type { Drain } from "./drain.ts";
import type { Membership } from "./membership.ts";

/** After the drain, each for itself: a store that does not answer must not keep the process. */
const HAND_BACK_MS = 2_000;
const LEAVE_MS = 500;
/** For a join that is under way when the worker stops, and for the leave that follows it. */
const JOINING_MS = 2 * LEAVE_MS;
const SETTLED_YET_MS = 50;
const REJOIN_PAUSE_MS = 1_000;

const leaveFailed = (why: string) =>
  `The worker could not hand back its work: ${why}. Nothing is lost: others take over when its lease ends, or the next start does.`;

export interface OfferListener {
  /** The executor may offer something other than before. */
  offerChanged(): void;
}

export interface LifePort {
  readonly parts: Pick<WorkerParts, "store" | "executor" | "scheduler" | "clock">;
  readonly settings: Pick<WorkerSettings, "joinMs" | "drainMs">;
  readonly membership: Membership;
  readonly memory: WorkerMemory;
  readonly drain: Drain;
  readonly lease: Pick<LeaseKeeper, "start" | "stop">;
  readonly committer: Pick<Committer, "inFlight" | "isOccupied">;
  readonly resync: Pick<Resync, "dropAll">;
  readonly freshStart: Pick<FreshStart, "begin">;
  readonly progress: Pick<Progress, "whyUnwritten">;
  readonly dispatcher: Pick<Dispatcher, "close">;
  readonly door: Pick<ClientDoor, "close">;
  /** What looks for work, or does any, of itself; all but the lease. */
  readonly upkeep: Pick<Upkeep, "start">;
  /** … and is to end for good. */
  haltParts(): void;
  readonly offers: OfferListener;
  lookAround(): void;
}

/** The life of one worker, the only one who changes its {@link Phase}. */
export class WorkerLife {
  readonly #port: LifePort;
  #phase: Phase = "joining";
  /** The store is of another release: nothing can be written until it is of this one again. */
  #isShutOut = false;
  #joining: Promise<void> | null = null;
  #stopHints: (() => void) | null = null;
  #stopDefects: (() => void) | null = null;

  constructor(port: LifePort) {
    this.#port = port;
  }

  get phase(): Phase {
    return this.#phase;
  }

  async start(): Promise<void> {
    const { parts, lease, upkeep } = this.#port;
    await this.#whileJoining(this.#join());
    if (this.#phase !== "joining") return;
    this.#phase = "running";
    this.#stopDefects = onDefect((error) => this.#defect(error));
    const stopHints = parts.store.onForeignChange(() => this.#port.lookAround());
    const stopOffers = parts.executor.onOffer(() => inEngine(() => this.#port.offers.offerChanged()));
    this.#stopHints = () => {
      stopHints();
      stopOffers();
    };
    this.#port.offers.offerChanged(); // what has changed while it joined
    lease.start();
    upkeep.start();
    this.#port.lookAround();
  }

  async #join(): Promise<void> {
    const { parts, settings, membership } = this.#port;
    const { scheduler, clock } = parts;
    try {
      await membership.join(persistent({ scheduler, clock, forMs: settings.joinMs, isOver: () => this.#phase !== "joining" }));
    } catch (error) {
      await this.#leaveUnused();
      throw error;
    }
    if (this.#phase === "stopped") await this.#leaveUnused();
  }

  /** The end of the worker waits for a join that is under way, because the row that the join makes must be removed again. */
  #whileJoining(joining: Promise<void>): Promise<void> {
    this.#joining = joining;
    const isOver = () => {
      if (this.#joining === joining) this.#joining = null;
    };
    joining.then(isOver, isOver);
    return joining;
  }

  /** It has joined and will do nothing: others need not count on it until its lease ends. */
  async #leaveUnused(): Promise<void> {
    if (this.#phase !== "dead") await within(this.#port.parts.scheduler, LEAVE_MS, this.#port.membership.leave());
  }

  async #joiningIsOver(): Promise<void> {
    if (this.#joining !== null) await within(this.#port.parts.scheduler, JOINING_MS, this.#joining);
  }

  async stop(): Promise<void> {
    if (this.#isOver) return;
    if (this.#phase === "joining") {
      this.#halt("stopped");
      await this.#joiningIsOver();
      return;
    }
    this.#phase = "draining";
    this.#stopHints?.();
    const { parts, settings, membership, drain, dispatcher, door, progress } = this.#port;
    dispatcher.close();
    await drain.untilQuiet(settings.drainMs, () => this.#isShutOut || this.#phase !== "draining");
    const handedBack = await within(parts.scheduler, HAND_BACK_MS, this.#isShutOut ? Promise.resolve() : drain.handBack());
    this.#halt("stopped");
    door.close();
    const left = await within(parts.scheduler, LEAVE_MS, membership.leave());
    if (handedBack.kind === "done" && left.kind === "done") membership.log("info", "worker.left", "The worker has left the task hub");
    else
      membership.log("warn", "worker.leave-failed", leaveFailed(left.kind === "failed" ? refusalText(left.error) : progress.whyUnwritten));
    await this.#joiningIsOver();
  }

  /** As a crash would. */
  kill(): void {
    this.#halt("dead");
    this.#port.memory.die();
  }

  /** Of whichever worker in this process: they stop before anything rests on it. */
  #defect(error: unknown): false {
    this.kill();
    this.#port.membership.log("error", "engine.defect", messageOf("ENGINE_DEFECT", error));
    return false;
  }

  /** Dead by the store's word: all that was in memory belongs to others now. */
  fenced(dead: Identity): void {
    if (this.#phase !== "running" && this.#phase !== "draining") return;
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

  /** Drops everything and joins as a new worker, again and again while the store does not let it. Its phase stays what it is. */
  rejoin(why: StoreRefusal["kind"]): void {
    const { parts, membership, memory, lease } = this.#port;
    this.#isShutOut = why === "otherRelease";
    memory.loseAll();
    lease.stop();
    const wasDraining = this.#phase === "draining";
    membership.log("warn", "worker.lost", `This worker has lost what it owned (${why}); it joins again as a new one`);
    const attempt = () => void this.#whileJoining(this.#joinAgain(wasDraining, () => parts.scheduler.after(REJOIN_PAUSE_MS, attempt)));
    // Refused for its release alone: those of the other release need not wait until it is taken for dead.
    if (this.#isShutOut) void membership.leave().then(attempt, attempt);
    else attempt();
  }

  /** Never rejects. */
  async #joinAgain(wasDraining: boolean, later: () => void): Promise<void> {
    const { membership } = this.#port;
    const lost = membership.identity;
    const joined = await membership.join().then(
      () => true,
      () => false,
    );
    const isUnused = this.#isOver || !joined;
    if (isUnused && membership.identity !== lost) await this.#leaveUnused();
    if (this.#isOver) return;
    if (joined) this.#rejoined(wasDraining);
    else later();
  }

  #rejoined(wasDraining: boolean): void {
    const { lease, freshStart } = this.#port;
    this.#isShutOut = false;
    freshStart.begin();
    if (wasDraining) return;
    this.#port.offers.offerChanged(); // what has changed while it joined
    lease.start();
    this.#port.lookAround();
  }

  get #isOver(): boolean {
    return this.#phase === "stopped" || this.#phase === "dead";
  }

  #halt(phase: "stopped" | "dead"): void {
    this.#phase = phase;
    this.#stopHints?.();
    this.#stopHints = null;
    this.#port.lease.stop();
    this.#port.haltParts();
    this.#stopDefects?.();
    this.#stopDefects = null;
  }
}
