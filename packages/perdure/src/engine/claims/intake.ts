import { PerdureError } from "../../errors/perdure-error.ts";
import type { QueueKeys } from "../../model/function-kind.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { ClaimRequest, ClaimTasksRequest, CommitReceipt } from "../../store/commit.ts";
import { refusalText } from "../../store/errors.ts";
import { parseMessage } from "../../store/parse.ts";
import type { InboxRow } from "../../store/rows.ts";
import { Repeated } from "../../telemetry/repeated.ts";
import type { Claims } from "../commits/sealed-batch.ts";
import { NO_CLAIMS } from "../commits/sealed-batch.ts";
import type { Engine } from "../engine.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import { loadOwned, runClaimedTask } from "../instances/load.ts";
import { rowMail } from "../instances/mailbox.ts";
import { GROW_MS } from "./claim-window.ts";
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
  #instancesDue = true;
  #suspectsDue = true;
  #tasksDue = true;
  /** There were free tasks at the last look. */
  #tasksWait = false;
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

  /** What the next batch claims. Asked when it is sealed. */
  claims(): Claims {
    const { dispatcher, fleet, phase } = this.#engine;
    if (phase !== "running") return NO_CLAIMS;
    const keys = this.#claimable();
    const room = fleet.instancesToClaim(this.#room, this.#loading);
    const taskRoom = fleet.tasksToClaim(Math.min(dispatcher.room, CLAIM_LIMIT));
    const limits = dispatcher.roomOfEach;
    const mayClaim = this.#wantsInstances && room > 0;
    const mayClaimTasks = this.#tasksDue && taskRoom > 0;
    const suspects = this.#suspects.share(mayClaim, mayClaimTasks);
    const claim = mayClaim ? { limit: room, keys: keys.instances, suspects: suspects.instances } : null;
    const claimTasks = mayClaimTasks
      ? { limit: taskRoom, keys: keys.tasks, suspects: suspects.tasks, ...(limits === null ? {} : { limits }) }
      : null;
    this.#suspects.claimed(claim, claimTasks);
    return { claim, claimTasks };
  }

  /** The functions of this worker that have places, and those that nobody has had for this long that somebody must say so. */
  #claimable(): QueueKeys {
    const { dispatcher, fleet, unoffered } = this.#engine;
    const instances = fleet.takesAny("instances")
      ? [...new Set([...fleet.keys.instances, ...this.#waiting.instances])]
      : fleet.keys.instances;
    const tasks = fleet.takesAny("tasks") ? [...new Set([...fleet.keys.tasks, ...this.#waiting.tasks])] : fleet.keys.tasks;
    const { forsaken } = unoffered;
    const room = dispatcher.roomOfEach;
    const open = room === null ? tasks : tasks.filter((key) => room[key] !== 0);
    if (forsaken.instances.length + forsaken.tasks.length === 0) return { instances, tasks: open };
    return { instances: [...instances, ...forsaken.instances], tasks: [...open, ...forsaken.tasks] };
  }

  /** Whatever the last look said, something may be claimed now. */
  claimNow(): void {
    this.#instancesDue = true;
    this.#suspectsDue = true;
    this.#tasksDue = true;
    this.#engine.committer.requestClaim();
  }

  /** An activity has ended: what could not be claimed for want of its place may be now. The claim rides with its result. */
  onPlaceFree(activity: string, wasSuspect: boolean): void {
    const { dispatcher, fleet, phase, committer } = this.#engine;
    if (phase !== "running") return;
    if (wasSuspect) this.#tasksDue = true; // the next of them could not be claimed so far: a thousand that dead workers have left stand in line
    if (dispatcher.isLimited(activity) && (this.#tasksWait || !fleet.isAlone)) this.#tasksDue = true;
    if (this.#tasksDue) committer.requestClaim();
  }

  /** What a claim that is lost would have brought stays where it is. */
  forgetClaims(): void {
    this.#suspects.forget();
  }

  /** The next suspects are claimed with the episodes that acquit the last, in one commit. */
  get #mayTakeSuspect(): boolean {
    return this.#suspects.rooms.length > 0;
  }

  get #wantsInstances(): boolean {
    return this.#instancesDue || (this.#suspectsDue && this.#mayTakeSuspect);
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
      this.#instancesDue = true;
      this.#suspectsDue = true;
      this.#tasksDue = true;
    }
    if (claims.claim !== null) {
      const all = receipt.claimed.length < claims.claim.limit && !receipt.madeReady;
      if (all) this.#instancesDue = false;
      this.#engine.fleet.claimedInstances(receipt.claimed.length, all);
    }
    if (claims.claim !== null && claims.claim.suspects.length > 0 && !receipt.claimedSuspect) {
      this.#suspects.broughtNone(claims.claim);
      if (!receipt.madeReady && claims.claim.suspects.every((room) => room > 0)) this.#suspectsDue = false;
    }
    if (claims.claimTasks !== null && receipt.claimedTasks.length === 0) this.#suspects.settled(claims.claimTasks);
    if (claims.claimTasks !== null) {
      const all = receipt.claimedTasks.length < claims.claimTasks.limit && !receipt.madeReady;
      if (all) this.#tasksDue = false;
      this.#engine.fleet.claimedTasks(receipt.claimedTasks.length, all);
    }
    const mayRunAlone = this.#aloneNow(receipt, claims);
    if (mayRunAlone) {
      this.#tasksDue = true;
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
    if (this.#instancesDue && this.#room >= CLAIM_LIMIT / 2 && this.#engine.phase === "running") this.#engine.committer.requestClaim();
  }

  /**
   * Tasks wait, perhaps such as must run alone, and what stood in their way is over: a suspect has left, or there is none. Without it the thousand
   * that a dead worker was working on came one or two every 110 ms.
   */
  #aloneNow(receipt: CommitReceipt, { claim, claimTasks }: Claims): boolean {
    const had = this.#hadSuspects;
    this.#hadSuspects = !this.#mayTakeSuspect;
    if (!this.#tasksWait || this.#hadSuspects) return false;
    const asked = claim !== null && claim.suspects.length > 0;
    return had || (claimTasks?.suspects.length === 0 && asked && !receipt.claimedSuspect);
  }

  /** What was left to others, or for a window to grow, is looked at again: without a call to the store when there is still no room. */
  #claimLater(): void {
    if (this.#laterSoon || this.#engine.fleet.isAlone || !(this.#wantsInstances || this.#tasksDue)) return;
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
    const { now, mail, ...due } = await store.look({ worker: engine.identity.worker, keys: this.#claimable() });
    const skipped = this.#deliver(mail, before);
    engine.mailOrder.wasRead(before);
    for (const instance of skipped) engine.mailOrder.unread(instance);
    if (skipped.size > 0) this.#hasSkipped = true;
    if (engine.phase !== "running") return;
    const { instanceAt, suspectAt, taskAt } = due;
    this.#tasksWait = taskAt !== null;
    engine.storeClock.learn(now);
    this.#seenDue = `${instanceAt} ${suspectAt} ${taskAt}`;
    const vainFor = this.#seenDue === this.#vainDue ? this.#vainUntil - engine.parts.clock.monotonicMs() : 0;
    if (vainFor > 0) {
      this.#sleep(Math.min(vainFor, engine.settings.pollEveryMs));
      return;
    }
    if (instanceAt !== null && instanceAt <= now) this.#instancesDue = true;
    if (suspectAt !== null && suspectAt <= now) this.#suspectsDue = true;
    if (taskAt !== null && taskAt <= now) this.#tasksDue = true;
    const hasRoom = engine.backlog < CLAIM_LIMIT && engine.table.size < engine.settings.maxOwnedInstances;
    if ((this.#wantsInstances && hasRoom) || (this.#tasksDue && engine.dispatcher.room > 0)) engine.committer.requestClaim();
    const next = Math.min(future(instanceAt, now), future(suspectAt, now), future(taskAt, now), now + engine.settings.pollEveryMs);
    this.#sleep(next - now);
  }

  /** A worker that takes any function asks under which keys something waits, and goes on to ask for those: of a timer it is known only when it is due. */
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

  /**
   * Rows become mail, once each. A commit may be in the store before its answer is here: then rows of its own messages look like new ones, and
   * would be delivered twice. So an instance with such messages on the way is skipped, and read again after the answer. So is one that was loaded
   * after the read had begun, or could not leave: what it has consumed since would come again.
   */
  #deliver(rows: readonly InboxRow[], readAt: number): ReadonlySet<ActiveInstance> {
    const skipped = new Set<ActiveInstance>();
    for (const row of rows) {
      const instance = this.#engine.table.byNo(row.no);
      if (instance === undefined || instance.leaving || instance.gone || instance.mailbox.holds(row.seq)) continue;
      if (instance.mailbox.readSince > readAt) continue; // another read was asked for
      if (instance.mailbox.isUnnumbered) {
        skipped.add(instance);
        continue;
      }
      instance.mailbox.put(rowMail(parseMessage(row), row.seq));
      this.#engine.enqueue(instance);
    }
    return skipped;
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

const future = (at: number | null, now: number) => (at === null || at <= now ? Number.POSITIVE_INFINITY : at);
