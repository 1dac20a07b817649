import type { Offer } from "../../model/executor.ts";
import { namesOffered } from "../../model/executor.ts";
import type { GroupCommit } from "../../store/commit.ts";
import type { Look } from "../../store/contract.ts";
import type { StoreRefusal } from "../../store/errors.ts";
import type { WorkerRow } from "../../store/rows.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Attempt, RunningTask } from "../activities/running-task.ts";
import type { InboxRows } from "../claims/inbox-rows.ts";
import type { Intake } from "../claims/intake.ts";
import type { LookEvents, Lookout } from "../claims/lookout.ts";
import type { ClientDoor } from "../clients/client-door.ts";
import type { Batch } from "../commits/batch.ts";
import type { CommitterHost, DurableBatch } from "../commits/committer.ts";
import type { Claims, Identity } from "../commits/sealed-batch.ts";
import { NO_CLAIMS } from "../commits/sealed-batch.ts";
import { isSuspect } from "../crashes/suspicion.ts";
import type { EpisodeLoop } from "../episodes/episodes.ts";
import type { Redelivery } from "../episodes/redelivery.ts";
import { hasGained } from "../executor/waiting-for-place.ts";
import type { LeaseEvents, LeaseKeeper } from "../lease/lease-keeper.ts";
import type { Membership } from "../life/membership.ts";
import type { LifeEvents, WorkerLife } from "../life/worker-life.ts";
import type { WorkerParts } from "../options.ts";
import type { Phase } from "../phase.ts";
import { isAlive } from "../phase.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Unoffered } from "../placement/unoffered.ts";
import type { Progress } from "../recovery/progress.ts";
import type { Resync } from "../recovery/resync.ts";
import type { ActivityResults } from "../tasks/activity-results.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { IdleReleases } from "../upkeep/idle-releases.ts";
import type { AfterCommit } from "./after-commit.ts";

export interface WorkerEventsPort {
  readonly parts: Pick<WorkerParts, "executor">;
  readonly phase: Phase;
  readonly identity: Identity;
  readonly storeClock: Pick<StoreClock, "learn">;
  readonly progress: Pick<Progress, "made">;
  readonly resync: Pick<Resync, "onDurable" | "onRefused">;
  readonly idleReleases: Pick<IdleReleases, "onDurable">;
  readonly afterCommit: Pick<AfterCommit, "apply">;
  readonly unoffered: Pick<Unoffered, "onDurable" | "onRenewal">;
  readonly inbox: Pick<InboxRows, "hadToSkip">;
  readonly lookout: Pick<Lookout, "lookAround">;
  readonly intake: Pick<Intake, "claims" | "onDurable" | "looked" | "onPlaceFree" | "claimNow">;
  readonly episodes: Pick<EpisodeLoop, "onRoom">;
  readonly door: Pick<ClientDoor, "release">;
  readonly results: Pick<ActivityResults, "deliver">;
  readonly fleet: Pick<Fleet, "learn" | "offered">;
  readonly lease: Pick<LeaseKeeper, "renewSoon">;
  readonly membership: Pick<Membership, "resumeStopped">;
  readonly dispatcher: Pick<Dispatcher, "startNext" | "placesCame">;
  readonly redelivery: Pick<Redelivery, "placesCame">;
  readonly life: Pick<WorkerLife, "fenced">;
  /** Activities that wait for a place here are left to others that have one. */
  shareLine(): void;
}

/** What happens in one part of a worker and concerns several others: which parts are notified, and in which order. */
export class WorkerEvents implements CommitterHost, LeaseEvents, LifeEvents, LookEvents {
  readonly #port: WorkerEventsPort;
  /** As it was when it last changed. */
  #offer: Offer;

  constructor(port: WorkerEventsPort) {
    this.#port = port;
    this.#offer = port.parts.executor.offer;
  }

  // --- of the committer ---

  get identity(): Identity {
    return this.#port.identity;
  }

  claims(): Claims {
    return this.#port.phase === "running" ? this.#port.intake.claims() : NO_CLAIMS;
  }

  onTaking(): void {
    this.#port.door.release();
  }

  onDurable({ batch, effects, receipt, claims }: DurableBatch): void {
    const port = this.#port;
    port.progress.made();
    port.storeClock.learn(receipt.now);
    if (!isAlive(this.#port.phase)) return;
    port.resync.onDurable(batch);
    port.idleReleases.onDurable();
    port.afterCommit.apply(effects, receipt);
    port.shareLine();
    port.unoffered.onDurable(batch);
    if (port.inbox.hadToSkip()) port.lookout.lookAround();
    port.intake.onDurable(receipt, claims);
    port.episodes.onRoom();
  }

  onRefused(batch: Batch, commit: GroupCommit, refusal: StoreRefusal): void {
    if (isAlive(this.#port.phase)) this.#port.resync.onRefused(batch, commit, refusal);
  }

  // --- of what the store says besides ---

  looked(seen: Look): number {
    this.#port.storeClock.learn(seen.now);
    return this.#port.intake.looked(seen);
  }

  onWorkers(rows: readonly WorkerRow[], now: number): void {
    this.#port.fleet.learn(rows, now);
    this.#port.unoffered.onRenewal();
  }

  onFenced(identity: Identity): void {
    this.#port.life.fenced(identity);
  }

  // --- of the executor ---

  onResult(task: RunningTask, result: Attempt): void {
    if (!isAlive(this.#port.phase)) return;
    this.#port.results.deliver(task, result);
    this.#port.intake.onPlaceFree(task.request.name, isSuspect(task.crashes));
  }

  /** It can run other functions, more or fewer of them, or has a place for them again. */
  offerChanged(): void {
    const { parts, phase, fleet, lease, membership, lookout, dispatcher, redelivery, episodes, intake } = this.#port;
    const { offer } = parts.executor;
    if (phase !== "running") return;
    if (fleet.offered(namesOffered(offer))) {
      lease.renewSoon();
      membership.resumeStopped().then(
        () => lookout.lookAround(),
        () => {}, // the store is away: what is stopped waits for the next worker that joins
      );
    }
    if (hasGained(this.#offer, offer, "orchestrator")) redelivery.placesCame();
    if (hasGained(this.#offer, offer, "activity")) dispatcher.placesCame();
    this.#offer = offer;
    dispatcher.startNext();
    episodes.onRoom();
    intake.claimNow();
  }
}
