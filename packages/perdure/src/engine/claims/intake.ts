import type { ClaimRequest, ClaimTasksRequest, CommitReceipt } from "../../store/commit.ts";
import type { Look } from "../../store/contract.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Committer } from "../commits/committer.ts";
import type { Claims } from "../commits/sealed-batch.ts";
import type { WorkerParts } from "../options.ts";
import type { Phase } from "../phase.ts";
import { GROW_MS } from "../placement/claim-window.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { ClaimKeys } from "./claim-keys.ts";
import { ClaimQueue } from "./claim-queue.ts";
import type { ClaimedWork } from "./claimed-work.ts";
import type { Suspects } from "./suspects.ts";
import { VainClaims } from "./vain-claims.ts";

/** Instances and tasks taken by one claim; more are taken by the next commit, so that clients are answered in between. */
const CLAIM_LIMIT = 200;

export interface IntakePort {
  readonly parts: Pick<WorkerParts, "scheduler" | "clock">;
  readonly phase: Phase;
  readonly fleet: Pick<Fleet, "isAlone" | "roomForInstances" | "instancesToClaim" | "tasksToClaim" | "claimedInstances" | "claimedTasks">;
  readonly dispatcher: Pick<Dispatcher, "room" | "roomOfEach" | "isLimited">;
  readonly committer: Pick<Committer, "requestClaim">;
  readonly claimKeys: ClaimKeys;
  readonly suspects: Suspects;
  readonly claimedWork: ClaimedWork;
  lookAround(): void;
}

/** What this worker claims of the work that is left to all: with which of its commits, and how much. */
export class Intake {
  readonly #port: IntakePort;
  readonly #instances = new ClaimQueue();
  readonly #suspectInstances = new ClaimQueue();
  readonly #tasks = new ClaimQueue();
  readonly #queues: readonly ClaimQueue[] = [this.#instances, this.#suspectInstances, this.#tasks];
  readonly #vain: VainClaims;
  #hadSuspects = false;
  #laterSoon = false;
  #stopped = false;

  constructor(port: IntakePort) {
    this.#port = port;
    this.#vain = new VainClaims(port.parts.clock);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** What the next batch claims. Asked when it is sealed. */
  claims(): Claims {
    const { dispatcher, fleet, suspects, claimKeys, claimedWork } = this.#port;
    const { keys } = claimKeys;
    const room = fleet.instancesToClaim(CLAIM_LIMIT, claimedWork.loading);
    const taskRoom = fleet.tasksToClaim(CLAIM_LIMIT, claimedWork.loadingTasks);
    const limits = dispatcher.roomOfEach;
    const mayClaim = this.#wantsInstances && room > 0;
    const mayClaimTasks = this.#tasks.mayBeDue && taskRoom > 0;
    const rooms = suspects.share(mayClaim, mayClaimTasks);
    const claim = mayClaim ? { limit: room, keys: keys.instances, suspects: rooms.instances, ...claimKeys.versions } : null;
    const claimTasks = mayClaimTasks
      ? { limit: taskRoom, keys: keys.tasks, suspects: rooms.tasks, ...(limits === null ? {} : { limits }) }
      : null;
    suspects.claimed(claim, claimTasks);
    return { claim, claimTasks };
  }

  /** Whatever the last look said, something may be claimed now. */
  claimNow(): void {
    for (const queue of this.#queues) queue.mayHaveMore();
    this.#port.committer.requestClaim();
  }

  /** An activity has ended: work that could not be claimed while its place was taken may be claimed now, in the commit that carries the result. */
  onPlaceFree(activity: string, wasSuspect: boolean): void {
    const { dispatcher, fleet, phase, committer } = this.#port;
    if (phase !== "running") return;
    if (wasSuspect) this.#tasks.mayHaveMore(); // the next suspect could not be claimed until now, and dead workers may have left a thousand
    if (dispatcher.isLimited(activity) && (this.#tasks.waits || !fleet.isAlone)) this.#tasks.mayHaveMore();
    if (this.#tasks.mayBeDue) committer.requestClaim();
  }

  /** What a look has seen. Gives when to look again, ms. */
  looked({ now, instanceAt, suspectAt, taskAt }: Look): number {
    this.#instances.looked(instanceAt);
    this.#suspectInstances.looked(suspectAt);
    this.#tasks.looked(taskAt);
    const vainForMs = this.#vain.looked([instanceAt, suspectAt, taskAt]);
    if (vainForMs > 0) return vainForMs;
    for (const queue of this.#queues) queue.fallDue(now);
    const { fleet, dispatcher, committer } = this.#port;
    const hasRoom = fleet.roomForInstances(CLAIM_LIMIT) > 0;
    if ((this.#wantsInstances && hasRoom) || (this.#tasks.mayBeDue && dispatcher.room > 0)) committer.requestClaim();
    return Math.min(...this.#queues.map((queue) => queue.dueAfter(now))) - now;
  }

  /** A batch with these claims is durable. */
  onDurable(receipt: CommitReceipt, claims: Claims): void {
    const { committer, phase, claimedWork } = this.#port;
    if (receipt.madeReady) {
      // Crash suspects are left out: the look after this claim says whether there are any, and asking for them here would cost one more claim for each event.
      this.#instances.mayHaveMore();
      this.#tasks.mayHaveMore();
    }
    const { claim, claimTasks } = claims;
    if (claim !== null) this.#claimedInstances(receipt, claim);
    if (claimTasks !== null) this.#claimedTasks(receipt, claimTasks);
    const mayRunAlone = this.#aloneNow(receipt, claims);
    if (mayRunAlone) {
      this.#tasks.mayHaveMore();
      committer.requestClaim();
    }
    const hasClaimed = claim !== null || claimTasks !== null;
    const isVain = receipt.claimed.length === 0 && receipt.claimedTasks.length === 0 && !receipt.madeReady;
    if (isVain && !mayRunAlone && hasClaimed) this.#vain.broughtNothing();
    if (receipt.claimed.length > 0) {
      claimedWork.load(
        receipt.claimed.map(({ no }) => no),
        claim,
      );
    }
    if (receipt.claimedTasks.length > 0) claimedWork.runTasks(receipt.claimedTasks, claimTasks);
    // What is loaded is followed by a look of its own.
    if (hasClaimed && receipt.claimed.length === 0) this.#port.lookAround();
    this.#claimLater();
    // More is due than one claim takes: the next follows as soon as half of the last is worked off, without waiting for a look.
    if (this.#instances.mayBeDue && this.#room >= CLAIM_LIMIT / 2 && phase === "running") committer.requestClaim();
  }

  #claimedInstances({ claimed, claimedSuspect, madeReady }: CommitReceipt, claim: ClaimRequest): void {
    const { fleet, suspects } = this.#port;
    const all = claimed.length < claim.limit && !madeReady;
    if (all) this.#instances.wasEmptied();
    fleet.claimedInstances(claimed.length, all);
    if (claim.suspects.length === 0 || claimedSuspect) return;
    suspects.broughtNone(claim);
    if (!madeReady && claim.suspects.every((room) => room > 0)) this.#suspectInstances.wasEmptied();
  }

  #claimedTasks({ claimedTasks, madeReady }: CommitReceipt, claim: ClaimTasksRequest): void {
    if (claimedTasks.length === 0) this.#port.suspects.claimEnded(claim);
    const all = claimedTasks.length < claim.limit && !madeReady;
    if (all) this.#tasks.wasEmptied();
    this.#port.fleet.claimedTasks(claimedTasks.length, all);
  }

  /** The next crash suspects are claimed with the episodes that clear the last, in one commit. */
  get #mayTakeSuspect(): boolean {
    return this.#port.suspects.roomsForInstances.length > 0;
  }

  get #wantsInstances(): boolean {
    return this.#instances.mayBeDue || (this.#suspectInstances.mayBeDue && this.#mayTakeSuspect);
  }

  /** Instances that may be claimed now: what was claimed and is being loaded counts as taken. */
  get #room(): number {
    return this.#port.fleet.roomForInstances(CLAIM_LIMIT) - this.#port.claimedWork.loading;
  }

  /**
   * Tasks wait, perhaps suspects that must run alone, and nothing is in their way any more: the suspect before them has left, or this worker has none.
   * Without this check the thousand tasks of a dead worker were taken one or two every 110 ms.
   */
  #aloneNow(receipt: CommitReceipt, { claim, claimTasks }: Claims): boolean {
    const had = this.#hadSuspects;
    this.#hadSuspects = !this.#mayTakeSuspect;
    if (!this.#tasks.waits || this.#hadSuspects) return false;
    const asked = claim !== null && claim.suspects.length > 0;
    return had || (claimTasks?.suspects.length === 0 && asked && !receipt.claimedSuspect);
  }

  /** What was left to others, or for a window to grow, is looked at again: without a call to the store when there is still no room. */
  #claimLater(): void {
    const { parts, fleet } = this.#port;
    if (this.#laterSoon || fleet.isAlone || !(this.#wantsInstances || this.#tasks.mayBeDue)) return;
    this.#laterSoon = true;
    parts.scheduler.after(GROW_MS, () => {
      this.#laterSoon = false;
      if (this.#stopped || this.#port.phase !== "running") return;
      this.#port.committer.requestClaim();
      this.#claimLater();
    });
  }
}
