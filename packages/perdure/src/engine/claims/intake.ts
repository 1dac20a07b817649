import { PerdureError } from "../../errors/perdure-error.ts";
import type { QueueKeys } from "../../model/function-kind.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { ClaimRequest, ClaimTasksRequest, CommitReceipt } from "../../store/commit.ts";
import { refusalText } from "../../store/errors.ts";
import { Repeated } from "../../telemetry/repeated.ts";
import type { Claims } from "../commits/sealed-batch.ts";
import { NO_CLAIMS } from "../commits/sealed-batch.ts";
import type { Engine } from "../engine.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import { loadOwned, runClaimedTask } from "../instances/load.ts";
import { ClaimQueue } from "./claim-queue.ts";
import { GROW_MS } from "./claim-window.ts";
import { claimableKeys } from "./claimable-keys.ts";
import { deliverRows } from "./inbox-rows.ts";
import { Suspects } from "./suspects.ts";

/** Instances and tasks taken by one claim; more are taken by the next commit, so that clients are answered in between. */
const CLAIM_LIMIT = 200;

/** What is due and could not be claimed (a suspect activity that waits while another one runs alone) is not asked for again sooner than this. */
const VAIN_CLAIM_PAUSE_MS = 100;

/**
 * How work from outside reaches this worker: it reads its mail, looks when the next unowned instance or free task is due, and claims in its
 * commit stream. Hints make it look at once; the poll makes it certain.
 */
export class Intake {
  readonly #engine: Engine;
  #looking = false;
  #lookAgain = false;
  #cancelNext: (() => void) | null = null;
  readonly #instances = new ClaimQueue();
  readonly #suspectInstances = new ClaimQueue();
  readonly #tasks = new ClaimQueue();
  #laterSoon = false;
  #hadSuspects = false;
  readonly #suspects: Suspects;
  /** Keys under which something has waited, for a worker that takes any. */
  #waiting: QueueKeys = { instances: [], tasks: [] };
  #stopped = false;
  #loading = 0;
  readonly #complaints = new Repeated();
  /** Rows were left for later, because the batch in flight may be where they come from. */
  #hasSkipped = false;
  /** Due times that the last look saw, and those for which a claim brought nothing, with when to try them again. */
  #seenDue = "";
  #vainDue = "";
  #vainUntil = 0;
  #forgetLater: { readonly instance: ActiveInstance; readonly seq: number }[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#suspects = new Suspects(engine);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelNext?.();
    this.#cancelNext = null;
  }

  get #queues(): readonly ClaimQueue[] {
    return [this.#instances, this.#suspectInstances, this.#tasks];
  }

  /** What the next batch claims. Asked when it is sealed. */
  claims(): Claims {
    const { dispatcher, fleet, phase } = this.#engine;
    if (phase !== "running") return NO_CLAIMS;
    const keys = claimableKeys(this.#engine, this.#waiting);
    const room = fleet.instancesToClaim(this.#room, this.#loading);
    const taskRoom = fleet.tasksToClaim(Math.min(dispatcher.room, CLAIM_LIMIT));
    const limits = dispatcher.roomOfEach;
    const mayClaim = this.#wantsInstances && room > 0;
    const mayClaimTasks = this.#tasks.mayBeDue && taskRoom > 0;
    const suspects = this.#suspects.share(mayClaim, mayClaimTasks);
    const claim = mayClaim ? { limit: room, keys: keys.instances, suspects: suspects.instances } : null;
    const claimTasks = mayClaimTasks
      ? { limit: taskRoom, keys: keys.tasks, suspects: suspects.tasks, ...(limits === null ? {} : { limits }) }
      : null;
    this.#suspects.claimed(claim, claimTasks);
    return { claim, claimTasks };
  }

  /** Whatever the last look said, something may be claimed now. */
  claimNow(): void {
    for (const queue of this.#queues) queue.mayHaveMore();
    this.#engine.committer.requestClaim();
  }

  /** An activity has ended: what could not be claimed for want of its place may be now. The claim rides with its result. */
  onPlaceFree(activity: string, wasSuspect: boolean): void {
    const { dispatcher, fleet, phase, committer } = this.#engine;
    if (phase !== "running") return;
    if (wasSuspect) this.#tasks.mayHaveMore(); // the next of them could not be claimed so far: a thousand that dead workers have left stand in line
    if (dispatcher.isLimited(activity) && (this.#tasks.waits || !fleet.isAlone)) this.#tasks.mayHaveMore();
    if (this.#tasks.mayBeDue) committer.requestClaim();
  }

  /** What a claim that is lost would have brought stays where it is. */
  forgetClaims(): void {
    this.#suspects.forget();
  }

  /** The next crash suspects are claimed with the episodes that clear the last, in one commit. */
  get #mayTakeSuspect(): boolean {
    return this.#suspects.roomsForInstances.length > 0;
  }

  get #wantsInstances(): boolean {
    return this.#instances.mayBeDue || (this.#suspectInstances.mayBeDue && this.#mayTakeSuspect);
  }

  /** Instances that may be claimed now: what was claimed and is being loaded counts as taken. */
  get #room(): number {
    const { table, settings, backlog } = this.#engine;
    return Math.min(settings.maxOwnedInstances - table.size, CLAIM_LIMIT - backlog) - this.#loading;
  }

  onDurable(receipt: CommitReceipt, claims: Claims): void {
    if (this.#hasSkipped) {
      this.#hasSkipped = false;
      this.lookAround();
    }
    if (receipt.madeReady) {
      for (const queue of this.#queues) queue.mayHaveMore();
    }
    if (claims.claim !== null) {
      const all = receipt.claimed.length < claims.claim.limit && !receipt.madeReady;
      if (all) this.#instances.wasEmptied();
      this.#engine.fleet.claimedInstances(receipt.claimed.length, all);
    }
    if (claims.claim !== null && claims.claim.suspects.length > 0 && !receipt.claimedSuspect) {
      this.#suspects.broughtNone(claims.claim);
      if (!receipt.madeReady && claims.claim.suspects.every((room) => room > 0)) this.#suspectInstances.wasEmptied();
    }
    if (claims.claimTasks !== null && receipt.claimedTasks.length === 0) this.#suspects.settled(claims.claimTasks);
    if (claims.claimTasks !== null) {
      const all = receipt.claimedTasks.length < claims.claimTasks.limit && !receipt.madeReady;
      if (all) this.#tasks.wasEmptied();
      this.#engine.fleet.claimedTasks(receipt.claimedTasks.length, all);
    }
    const mayRunAlone = this.#aloneNow(receipt, claims);
    if (mayRunAlone) {
      this.#tasks.mayHaveMore();
      this.#engine.committer.requestClaim();
    }
    const isVain = receipt.claimed.length === 0 && receipt.claimedTasks.length === 0 && !receipt.madeReady;
    if (isVain && !mayRunAlone && (claims.claim !== null || claims.claimTasks !== null)) {
      this.#vainDue = this.#seenDue;
      this.#vainUntil = this.#engine.parts.clock.monotonicMs() + VAIN_CLAIM_PAUSE_MS;
    }
    if (receipt.claimed.length > 0) {
      this.#load(
        receipt.claimed.map((claimed) => claimed.no),
        claims.claim,
      );
    }
    if (receipt.claimedTasks.length > 0) this.#runTasks(receipt, claims.claimTasks);
    if (claims.claim !== null || claims.claimTasks !== null) this.lookAround();
    this.#claimLater();
    // More is due than one claim takes: the next follows as soon as half of the last is worked off, without waiting for a look.
    if (this.#instances.mayBeDue && this.#room >= CLAIM_LIMIT / 2 && this.#engine.phase === "running")
      this.#engine.committer.requestClaim();
  }

  /**
   * Tasks wait, perhaps such as must run alone, and what stood in their way is over: a suspect has left, or there is none. Without it the thousand
   * that a dead worker was working on came one or two every 110 ms.
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
    if (this.#laterSoon || this.#engine.fleet.isAlone || !(this.#wantsInstances || this.#tasks.mayBeDue)) return;
    this.#laterSoon = true;
    this.#engine.parts.scheduler.after(GROW_MS, () => {
      this.#laterSoon = false;
      if (this.#stopped || this.#engine.phase !== "running") return;
      this.#engine.committer.requestClaim();
      this.#claimLater();
    });
  }

  /** Something may have come: reads mail and the next due time, once, and again if asked meanwhile. */
  lookAround(): void {
    if (this.#stopped) return;
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = true;
    this.#look().then(
      () => this.#looked(null),
      (error: unknown) => this.#looked(error),
    );
  }

  /** A read that is under way may still bring the row: it stays known until that read is over. */
  forgetSeq(instance: ActiveInstance, seq: number): void {
    if (this.#looking) this.#forgetLater.push({ instance, seq });
    else instance.mailbox.forgetRow(seq);
  }

  #looked(error: unknown): void {
    this.#looking = false;
    for (const { instance, seq } of this.#forgetLater) instance.mailbox.forgetRow(seq);
    this.#forgetLater = [];
    if (this.#stopped) return;
    if (error !== null) {
      const message = error instanceof PerdureError ? error.message : `The store does not answer: ${refusalText(error)}`;
      if (this.#complaints.isDue(message)) this.#engine.parts.log.write({ level: "warn", event: "store.away", message, fields: {} });
      this.#sleep(this.#engine.settings.pollEveryMs);
    } else this.#complaints.end();
    if (this.#lookAgain) {
      this.#lookAgain = false;
      this.lookAround();
    }
  }

  async #look(): Promise<void> {
    const engine = this.#engine;
    if (engine.phase !== "running" && engine.phase !== "draining") return;
    const { store } = engine.parts;
    if (engine.fleet.takesAny("instances") || engine.fleet.takesAny("tasks")) this.#remember(await store.readWaiting());
    const before = engine.mailOrder.beginRead();
    const { now, mail, ...due } = await store.look({ worker: engine.identity.worker, keys: claimableKeys(this.#engine, this.#waiting) });
    const skipped = deliverRows(engine, mail, before);
    engine.mailOrder.wasRead(before);
    for (const instance of skipped) engine.mailOrder.unread(instance);
    if (skipped.size > 0) this.#hasSkipped = true;
    if (engine.phase !== "running") return;
    const { instanceAt, suspectAt, taskAt } = due;
    this.#instances.looked(instanceAt);
    this.#suspectInstances.looked(suspectAt);
    this.#tasks.looked(taskAt);
    engine.storeClock.learn(now);
    this.#seenDue = `${instanceAt} ${suspectAt} ${taskAt}`;
    const vainFor = this.#seenDue === this.#vainDue ? this.#vainUntil - engine.parts.clock.monotonicMs() : 0;
    if (vainFor > 0) {
      this.#sleep(Math.min(vainFor, engine.settings.pollEveryMs));
      return;
    }
    for (const queue of this.#queues) queue.fallDue(now);
    const hasRoom = engine.backlog < CLAIM_LIMIT && engine.table.size < engine.settings.maxOwnedInstances;
    if ((this.#wantsInstances && hasRoom) || (this.#tasks.mayBeDue && engine.dispatcher.room > 0)) engine.committer.requestClaim();
    const next = Math.min(...this.#queues.map((queue) => queue.dueAfter(now)), now + engine.settings.pollEveryMs);
    this.#sleep(next - now);
  }

  /** A worker that takes any function asks under which keys something waits, and continues to ask for those: of a timer it is known only when it is due. */
  #remember({ instances, tasks }: QueueKeys): void {
    this.#waiting = {
      instances: [...new Set([...this.#waiting.instances, ...instances])],
      tasks: [...new Set([...this.#waiting.tasks, ...tasks])],
    };
  }

  #sleep(ms: number): void {
    this.#cancelNext?.();
    this.#cancelNext = this.#engine.parts.scheduler.after(ms, () => {
      this.#cancelNext = null;
      this.lookAround();
    });
  }

  #load(nos: readonly InstanceNo[], claim: ClaimRequest | null): void {
    this.#loading += nos.length;
    const done = () => {
      this.#loading -= nos.length;
    };
    loadOwned(this.#engine, nos)
      .finally(done)
      .then(
        () => {
          this.#suspects.settled(claim); // the table knows of them now
          this.#engine.committer.requestClaim();
        },
        () => this.#afterPoll(() => this.#load(nos, claim)),
      );
  }

  #runTasks(receipt: CommitReceipt, claim: ClaimTasksRequest | null): void {
    const engine = this.#engine;
    engine.parts.store.loadTasks(receipt.claimedTasks).then(
      (rows) => {
        for (const row of rows) if (row.worker === engine.identity.worker) runClaimedTask(engine, row);
        this.#suspects.settled(claim); // the dispatcher knows of them now
      },
      () => this.#afterPoll(() => this.#runTasks(receipt, claim)),
    );
  }

  /** Unless it has stopped: nobody asks a store that was closed again and again. */
  #afterPoll(again: () => void): void {
    if (this.#stopped) return;
    const { parts, settings } = this.#engine;
    parts.scheduler.after(settings.pollEveryMs, () => {
      if (!this.#stopped) again();
    });
  }
}
