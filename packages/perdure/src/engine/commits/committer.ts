import type { Clock, Ids, Scheduler } from "../../process/clock.ts";
import type { CommitReceipt, GroupCommit } from "../../store/commit.ts";
import { rowsOf } from "../../store/commit.ts";
import type { Store } from "../../store/contract.ts";
import type { StoreRefusal } from "../../store/errors.ts";
import { refusalOf } from "../../store/errors.ts";
import type { WorkerParts } from "../options.ts";
import { Batch } from "./batch.ts";
import type { Claims, Effects, Identity } from "./sealed-batch.ts";
import { NO_CLAIMS } from "./sealed-batch.ts";

/** A batch that takes longer is a store in trouble. */
const SLOW_MS = 1_000;

/** A batch that the store has written, and what is to be done now. */
export interface DurableBatch {
  readonly batch: Batch;
  readonly effects: Effects;
  readonly receipt: CommitReceipt;
  /** What it claimed. */
  readonly claims: Claims;
  /** From when it was sent. */
  readonly tookMs: number;
  readonly rows: number;
}

/** What the committer needs from the worker, and whom it tells. */
export interface CommitterHost {
  readonly identity: Identity;
  claims(): Claims;
  /** A batch is durable. Before the next one is sealed, and before {@link onDurable}: what it has claimed counts for the next claim. */
  onReceipt(receipt: CommitReceipt): void;
  /** Batches are taken (again). */
  onTaking(): void;
  onDurable(durable: DurableBatch): void;
  /** The batch was not written, or its outcome is unknown. The committer waits until the host resends, confirms or resets. */
  onRefused(batch: Batch, commit: GroupCommit, refusal: StoreRefusal): void;
}

/**
 * One worker's ordered stream of group commits: gathering → sealed → in flight → durable. One batch is in flight at a time; what happens
 * meanwhile gathers for the next, so the size of a batch follows the load and an idle system commits at once.
 */
export class Committer {
  #gathering = new Batch();
  readonly #store: Store;
  readonly #scheduler: Scheduler;
  readonly #ids: Ids;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #host: CommitterHost;
  #inFlight: Batch | null = null;
  /** Was refused, and the host is finding out what became of it: neither written nor given up yet. */
  #refused: Batch | null = null;
  #halted = false;
  #isTroubled = false;
  #sentAt = 0;
  #sentRows = 0;
  /** How long the store took to refuse the last batch. */
  #refusedAfterMs = 0;
  #cancelSeal: (() => void) | null = null;
  #claimWanted = false;
  #n = 0;
  /** The last batch that is known to be durable. */
  #durableN = 0;
  /** What leaves when the batch in flight is durable. */
  #effects: Effects = this.#gathering.effects;
  /** What the batch in flight claims. */
  #claims: Claims = NO_CLAIMS;
  #flushWaiters: { readonly batch: Batch; readonly done: () => void }[] = [];

  constructor({ store, scheduler, ids, clock }: Pick<WorkerParts, "store" | "scheduler" | "ids" | "clock">, host: CommitterHost) {
    this.#store = store;
    this.#scheduler = scheduler;
    this.#ids = ids;
    this.#clock = clock;
    this.#host = host;
  }

  /** The next batch: what happens now goes in there. */
  get gathering(): Batch {
    return this.#gathering;
  }

  get inFlight(): Batch | null {
    return this.#inFlight;
  }

  /** A batch is in flight, or was refused and the host deals with it: nothing can be sealed now. */
  get isOccupied(): boolean {
    return this.#inFlight !== null || this.#halted;
  }

  /** The store has not taken the last batch, or takes long for it: nothing that comes now should be built on. */
  get isTroubled(): boolean {
    return this.#isTroubled || (this.#inFlight !== null && this.#clock.monotonicMs() - this.#sentAt > SLOW_MS);
  }

  get refusedAfterMs(): number {
    return this.#refusedAfterMs;
  }

  /** Nothing is to be written: no batch gathers, is in flight, or was refused and waits to be sent again. All that memory says is durable. */
  get isAtRest(): boolean {
    return !this.isOccupied && this.#gathering.isEmpty && !this.#claimWanted;
  }

  /** Bytes that are not durable yet. */
  get bytes(): number {
    return this.#gathering.bytes + (this.#inFlight?.bytes ?? 0);
  }

  /** Seals as soon as what is running now has had its turn. */
  requestSeal(): void {
    if (this.#inFlight !== null || this.#halted) return;
    this.#cancelSeal ??= this.#scheduler.soon(() => {
      this.#cancelSeal = null;
      this.seal();
    });
  }

  /** The next batch claims, even if it holds nothing else. */
  requestClaim(): void {
    this.#claimWanted = true;
    this.requestSeal();
  }

  seal(): void {
    if (this.#inFlight !== null || this.#halted) return;
    if (this.#gathering.isEmpty && !this.#claimWanted) return;
    const claims = this.#claimWanted ? this.#host.claims() : NO_CLAIMS;
    this.#claimWanted = false;
    // An immediate that has nothing to do costs one more turn of the event loop.
    this.#cancelSeal?.();
    this.#cancelSeal = null;
    if (this.#gathering.isEmpty && claims.claim === null && claims.claimTasks === null) return;
    const batch = this.#gathering;
    this.#gathering = new Batch();
    this.#n += 1;
    this.#claims = claims;
    this.#inFlight = batch;
    const { commit, effects } = batch.seal(this.#host.identity, this.#n, this.#ids.guid(), this.#durableN, claims);
    this.#effects = effects;
    this.#send(batch, commit);
  }

  /** Sends a refused batch again, as it was but under the present fence. */
  resend(batch: Batch, commit: GroupCommit): void {
    this.#halted = false;
    this.#refused = null;
    this.#inFlight = batch;
    this.#send(batch, { ...commit, ...this.#host.identity });
  }

  /** Takes a batch whose answer was lost as what its marker says. */
  confirm(batch: Batch, receipt: CommitReceipt): void {
    this.#halted = false;
    this.#refused = null;
    this.#inFlight = batch;
    this.#durable(batch, receipt);
  }

  /** Forgets what was gathered; the host has taken care of it. A new worker begins to count again. */
  reset(asNewWorker: boolean): void {
    this.#isTroubled = false;
    this.#gathering = new Batch();
    this.#inFlight = null;
    this.#refused = null;
    this.#halted = false;
    this.#claimWanted = false;
    if (asNewWorker) {
      this.#n = 0;
      this.#durableN = 0;
    }
    const waiters = this.#flushWaiters;
    this.#flushWaiters = [];
    for (const waiter of waiters) waiter.done();
  }

  /** Even a smaller batch was refused. */
  noteTrouble(): void {
    this.#isTroubled = true;
  }

  halt(): void {
    this.#halted = true;
    this.#isTroubled = true;
  }

  unhalt(): void {
    this.#halted = false;
    this.#isTroubled = false;
    this.#host.onTaking();
    if (!this.#gathering.isEmpty || this.#claimWanted) this.requestSeal();
  }

  /** Resolves when everything gathered up to now is durable, or dropped. */
  flushed(): Promise<void> {
    const batch = this.#gathering.isEmpty ? (this.#inFlight ?? this.#refused) : this.#gathering;
    if (batch === null) return Promise.resolve();
    this.requestSeal();
    return new Promise((done) => this.#flushWaiters.push({ batch, done }));
  }

  #send(batch: Batch, commit: GroupCommit): void {
    this.#sentAt = this.#clock.monotonicMs();
    this.#sentRows = rowsOf(commit);
    this.#store.commit(commit).then(
      (receipt) => {
        if (this.#inFlight === batch) this.#durable(batch, receipt);
      },
      (error: unknown) => {
        if (this.#inFlight !== batch) return;
        this.#inFlight = null;
        this.#refused = batch;
        this.#halted = true;
        this.#refusedAfterMs = this.#clock.monotonicMs() - this.#sentAt;
        const refusal = refusalOf(error);
        this.#isTroubled = !(refusal.kind === "busy" && refusal.lessMayFit === true);
        this.#host.onRefused(batch, commit, refusal);
      },
    );
  }

  #durable(batch: Batch, receipt: CommitReceipt): void {
    batch.learnSeqs(receipt.messageSeqs);
    this.#durableN = this.#n; // one batch is in flight at a time, and it was the last one sealed
    const claims = this.#claims;
    const effects = this.#effects;
    const tookMs = this.#clock.monotonicMs() - this.#sentAt;
    const rows = this.#sentRows;
    this.#inFlight = null;
    this.#isTroubled = false;
    this.#host.onReceipt(receipt);
    // The writer gets its next batch before this thread turns to the effects of the last one: both are busy then.
    if (!this.#gathering.isEmpty) this.seal();
    this.#host.onDurable({ batch, effects, receipt, claims, tookMs, rows });
    this.#host.onTaking();
    if (this.#flushWaiters.length > 0) this.#wakeFlushed(batch);
    if (!this.#gathering.isEmpty || this.#claimWanted) this.requestSeal();
  }

  #wakeFlushed(batch: Batch): void {
    const due = this.#flushWaiters.filter((waiter) => waiter.batch === batch);
    if (due.length === 0) return;
    this.#flushWaiters = this.#flushWaiters.filter((waiter) => waiter.batch !== batch);
    for (const waiter of due) waiter.done();
  }
}
