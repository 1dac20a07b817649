import type { InstanceNo } from "../model/ids.ts";
import type { CommitReceipt } from "../store/commit.ts";
import { parseMessage } from "../store/parse.ts";
import type { InboxRow } from "../store/rows.ts";
import type { Claims } from "./batch.ts";
import { NO_CLAIMS } from "./batch.ts";
import type { Engine } from "./engine.ts";
import type { ActiveInstance } from "./instance.ts";
import { loadOwned, runClaimedTask } from "./load.ts";

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
  #tasksDue = true;
  #stopped = false;
  #loading = 0;
  /** Rows were left for later, because the batch in flight may be where they come from. */
  #hasSkipped = false;
  /** Due times that the last look saw, and those for which a claim brought nothing, with when to try them again. */
  #seenDue = "";
  #vainDue = "";
  #vainUntil = 0;
  #forgetLater: { readonly instance: ActiveInstance; readonly seq: number }[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelNext?.();
    this.#cancelNext = null;
  }

  /** What the next batch claims. Asked when it is sealed. */
  claims(): Claims {
    const { table, dispatcher, parts, phase } = this.#engine;
    if (phase !== "running") return NO_CLAIMS;
    const { orchestrators, activities } = parts.executor.functions;
    const room = this.#room;
    const taskRoom = Math.min(dispatcher.room, CLAIM_LIMIT);
    const claim = this.#instancesDue && room > 0 ? { limit: room, orchestrators } : null;
    // Alone means alone: a task that may end the process waits until no other suspect is in hand, nor on its way here.
    const alone = claim === null && !this.#runsAlone() && !table.hasSuspects();
    const claimTasks = this.#tasksDue && taskRoom > 0 ? { limit: taskRoom, activities, alone } : null;
    return { claim, claimTasks };
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
      this.#tasksDue = true;
    }
    if (claims.claim !== null && receipt.claimed.length < claims.claim.limit && !receipt.madeReady) this.#instancesDue = false;
    if (claims.claimTasks !== null && receipt.claimedTasks.length < claims.claimTasks.limit && !receipt.madeReady) this.#tasksDue = false;
    const isVain = receipt.claimed.length === 0 && receipt.claimedTasks.length === 0 && !receipt.madeReady;
    if (isVain && (claims.claim !== null || claims.claimTasks !== null)) {
      this.#vainDue = this.#seenDue;
      this.#vainUntil = this.#engine.parts.clock.monotonicMs() + VAIN_CLAIM_PAUSE_MS;
    }
    if (receipt.claimed.length > 0) this.#load(receipt.claimed.map((claimed) => claimed.no));
    if (receipt.claimedTasks.length > 0) this.#runTasks(receipt);
    if (claims.claim !== null || claims.claimTasks !== null) this.lookAround();
    // More is due than one claim takes: the next follows as soon as half of the last is worked off, without waiting for a look.
    if (this.#instancesDue && this.#room >= CLAIM_LIMIT / 2 && this.#engine.phase === "running") this.#engine.committer.requestClaim();
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
    else instance.heldSeqs.delete(seq);
  }

  #looked(error: unknown): void {
    this.#looking = false;
    for (const { instance, seq } of this.#forgetLater) instance.heldSeqs.delete(seq);
    this.#forgetLater = [];
    if (this.#stopped) return;
    if (error !== null) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#engine.parts.log.write({ level: "warn", event: "store.away", message: `The store does not answer: ${detail}`, fields: {} });
      this.#sleep(this.#engine.settings.pollEveryMs);
    }
    if (this.#lookAgain) {
      this.#lookAgain = false;
      this.lookAround();
    }
  }

  async #look(): Promise<void> {
    const engine = this.#engine;
    if (engine.phase !== "running" && engine.phase !== "draining") return;
    const { store } = engine.parts;
    const before = engine.mailOrder.beginRead();
    const skipped = this.#deliver(await store.readMail(engine.identity.worker));
    engine.mailOrder.wasRead(before);
    for (const instance of skipped) engine.mailOrder.unread(instance);
    if (skipped.size > 0) this.#hasSkipped = true;
    if (engine.phase !== "running") return;
    const { now, instanceAt, taskAt } = await store.nextWake(engine.parts.executor.functions);
    engine.storeClock.learn(now);
    this.#seenDue = `${instanceAt} ${taskAt}`;
    const vainFor = this.#seenDue === this.#vainDue ? this.#vainUntil - engine.parts.clock.monotonicMs() : 0;
    if (vainFor > 0) {
      this.#sleep(Math.min(vainFor, engine.settings.pollEveryMs));
      return;
    }
    if (instanceAt !== null && instanceAt <= now) this.#instancesDue = true;
    if (taskAt !== null && taskAt <= now) this.#tasksDue = true;
    const hasRoom = engine.backlog < CLAIM_LIMIT && engine.table.size < engine.settings.maxOwnedInstances;
    if ((this.#instancesDue && hasRoom) || (this.#tasksDue && engine.dispatcher.room > 0)) engine.committer.requestClaim();
    const next = Math.min(future(instanceAt, now), future(taskAt, now), now + engine.settings.pollEveryMs);
    this.#sleep(next - now);
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
   * would be delivered twice. So an instance with such messages on the way is skipped, and read again after the answer.
   */
  #deliver(rows: readonly InboxRow[]): ReadonlySet<ActiveInstance> {
    const skipped = new Set<ActiveInstance>();
    for (const row of rows) {
      const instance = this.#engine.table.byNo(row.no);
      if (instance === undefined || instance.leaving || instance.gone || instance.heldSeqs.has(row.seq)) continue;
      if (instance.sealedMail > 0) {
        skipped.add(instance);
        continue;
      }
      instance.heldSeqs.add(row.seq);
      instance.mailbox.push({ message: parseMessage(row), seq: row.seq, gathered: false, isVolatile: false, op: null });
      this.#engine.enqueue(instance);
    }
    return skipped;
  }

  #load(nos: readonly InstanceNo[]): void {
    this.#loading += nos.length;
    const done = () => {
      this.#loading -= nos.length;
    };
    loadOwned(this.#engine, nos)
      .finally(done)
      .then(
        () => this.#engine.committer.requestClaim(),
        () => this.#engine.parts.scheduler.after(this.#engine.settings.pollEveryMs, () => this.#load(nos)),
      );
  }

  #runTasks(receipt: CommitReceipt): void {
    const engine = this.#engine;
    engine.parts.store.loadTasks(receipt.claimedTasks).then(
      (rows) => {
        for (const row of rows) if (row.worker === engine.identity.worker) runClaimedTask(engine, row);
      },
      () => engine.parts.scheduler.after(engine.settings.pollEveryMs, () => this.#runTasks(receipt)),
    );
  }

  #runsAlone(): boolean {
    for (const task of this.#engine.dispatcher.all()) if (task.row?.alone === true) return true;
    return false;
  }
}

const future = (at: number | null, now: number) => (at === null || at <= now ? Number.POSITIVE_INFINITY : at);
