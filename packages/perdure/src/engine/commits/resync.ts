import { messageOf } from "../../errors/perdure-error.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { Pauses } from "../../process/doubling-pause.ts";
import { doublingPauseMs } from "../../process/doubling-pause.ts";
import type { CommitReceipt, FinishedTask, GroupCommit } from "../../store/commit.ts";
import type { StoreRefusal } from "../../store/errors.ts";
import { refusalOf, refusalText } from "../../store/errors.ts";
import type { Engine } from "../engine.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import { stopInstance } from "../instances/leaving.ts";
import { loadOwned } from "../instances/load.ts";
import type { Batch } from "./batch.ts";
import { Room } from "./room.ts";
import type { Identity } from "./sealed-batch.ts";

const RETRY_MS = 50;
const MAX_LOST_SENDS = 10;
const RELOAD_PAUSES: Pauses = { firstMs: RETRY_MS, longestMs: 5_000 };
const BUSY_PAUSES: Pauses = { firstMs: RETRY_MS, longestMs: 1_000 };
/** Refusals of one batch after which a store has no room for anything. */
const MOMENTARY = 3;

export interface ResyncHost {
  setIdentity(identity: Identity): void;
  /** Drops everything and joins as a new worker. */
  rejoin(why: StoreRefusal["kind"]): void;
  clearLine(): void;
  /** The instance is to leave: an episode of it that is under way is given up. */
  giveUp(instance: ActiveInstance): void;
}

interface ReloadOptions {
  /** To be stopped as soon as they are there again. */
  readonly guilty?: { readonly nos: readonly InstanceNo[]; readonly reason: string };
  /** Takes the ended attempts of activities with a row, in place of the next batch. */
  readonly keepEnded?: (ended: readonly FinishedTask[]) => void;
}

/** What to do when a commit was not answered with a receipt (docs/design/ownership.md 6). */
export class Resync {
  readonly #engine: Engine;
  readonly #host: ResyncHost;
  /** Batches left to send with one episode each, to find the instance whose data the store refuses. */
  singleFile = 0;
  /** Reloads without a good commit in between: each waits longer, so that a store that disagrees is not stormed. */
  #reloads = 0;
  readonly #room: Room;

  constructor(engine: Engine, host: ResyncHost) {
    this.#engine = engine;
    this.#host = host;
    this.#room = new Room(engine, () => {
      this.singleFile = Math.max(this.singleFile, 1);
    });
  }

  /** A batch that the store has not written, until it is sent again. */
  resting: Batch | null = null;
  /** Why the store could not take the last commit, while it has not taken one since. */
  #lastBusy: string | null = null;
  #busyTimes = 0;
  #trouble: string | null = null;

  /** Since when (monotonic) the store has not taken what was sent; null mostly. */
  troubledSince: number | null = null;

  /** Why nothing is written, in words. */
  get trouble(): string {
    if (this.#trouble !== null) return this.#trouble;
    return this.#engine.committer.inFlight === null ? "what is to be committed was not sent yet" : "the store does not answer a commit";
  }

  onRefused(batch: Batch, commit: GroupCommit, refusal: StoreRefusal): void {
    this.#logRefusal(commit, refusal);
    this.#trouble = troubleOf(refusal);
    this.troubledSince ??= this.#engine.parts.clock.monotonicMs();
    switch (refusal.kind) {
      case "busy":
        if (refusal.lessMayFit === true) this.#sendLess(batch, commit, refusal.detail);
        else this.#sendLater(batch, commit, refusal.detail);
        return;
      case "fenced":
      case "markerTaken":
      case "movedBack":
      case "otherRelease":
        this.#dropAndRedo(batch);
        this.#host.rejoin(refusal.kind);
        return;
      case "notOwned":
        this.#reload(batch, new Set(refusal.nos));
        return;
      case "refusedData":
        this.#refusedData(batch, commit, refusal.detail);
        return;
      case "unknown":
        this.#settleUnknown(batch, commit);
        return;
    }
  }

  /** Nothing was written. A full disk or a standby stays for long: pauses double up to a second. */
  #sendLater(batch: Batch, commit: GroupCommit, detail: string): void {
    const pause = doublingPauseMs(BUSY_PAUSES, this.#busyTimes);
    this.#lastBusy = detail;
    this.#busyTimes += 1;
    const { committer, parts } = this.#engine;
    this.resting = batch;
    if (this.#busyTimes > MOMENTARY) committer.noteTrouble();
    this.#engine.door.atRest(batch, parts.clock.monotonicMs() + pause + committer.refusedAfterMs);
    const again = () => {
      this.resting = null;
      this.#ifAlive(() => committer.resend(batch, batch.remaining(commit)));
    };
    parts.scheduler.after(pause, again);
  }

  /** No room for this batch; perhaps for less. */
  #sendLess(batch: Batch, commit: GroupCommit, detail: string): void {
    const advice = this.#room.advise(batch, commit, this.#busyTimes);
    if (advice.kind === "wait") {
      this.#sendLater(batch, commit, detail);
      return;
    }
    if (advice.kind === "split") this.singleFile = Math.max(this.singleFile, advice.parts);
    if (advice.kind === "aside") this.#room.putAside(advice.no, detail);
    const alone = advice.kind === "resultsAside";
    this.#reload(batch, new Set(), { keepEnded: (ended) => this.#room.putResultsAside(ended, alone) });
  }

  /** The same reason again and again is said at its first, second, fourth, eighth … time. */
  #logRefusal(commit: GroupCommit, refusal: StoreRefusal): void {
    if (refusal.kind === "busy" && refusal.detail === this.#lastBusy && !Number.isInteger(Math.log2(this.#busyTimes + 1))) return;
    const why = "detail" in refusal ? `${refusal.kind} (${refusal.detail})` : refusal.kind;
    const fields = { worker: this.#engine.identity.worker, n: commit.n, refusal };
    this.#engine.parts.log.write({ level: "warn", event: "commit.refused", message: `A group commit was refused: ${why}`, fields });
  }

  /**
   * Re-fence (waits for the old commit or shuts it out), then read the marker: there → committed; not there → send again. An answer that is lost
   * here too must not look like a death: what this worker owns would wait for its lease to end, and run again.
   */
  #settleUnknown(batch: Batch, commit: GroupCommit): void {
    const { store } = this.#engine.parts;
    const { worker, fence } = this.#engine.identity;
    const retry = (error: unknown) => {
      if (refusalOf(error).kind === "fenced") {
        this.#settleAfterDeath(batch, commit);
        return;
      }
      this.#trouble = `the outcome of a commit is not known, and the store does not say: ${refusalText(error)}`;
      this.#engine.parts.scheduler.after(RETRY_MS, () => this.#ifAlive(() => this.#settleUnknown(batch, commit)));
    };
    store.refence({ worker, fence, token: commit.token }).then((fresh) => {
      if (!this.#isAlive) return;
      this.#host.setIdentity({ worker, fence: fresh.fence });
      this.#engine.storeClock.learn(fresh.now);
      this.#readMarker(batch, commit);
    }, retry);
  }

  #readMarker(batch: Batch, commit: GroupCommit): void {
    const { store, scheduler } = this.#engine.parts;
    store.readMarker({ worker: commit.worker, n: commit.n }).then(
      (marker) =>
        this.#ifAlive(() => {
          if (marker === null) this.#sendAgain(batch, commit);
          else if (marker.token === commit.token) this.#engine.committer.settle(batch, marker.receipt);
          else {
            this.#dropAndRedo(batch);
            this.#host.rejoin("markerTaken");
          }
        }),
      () => scheduler.after(RETRY_MS, () => this.#ifAlive(() => this.#readMarker(batch, commit))),
    );
  }

  /** A batch that is lost each time is itself the cause: it is treated as refused, so that one instance stops and not the worker. */
  #sendAgain(batch: Batch, commit: GroupCommit): void {
    if (batch.sendWasLost() < MAX_LOST_SENDS) this.#engine.committer.resend(batch, commit);
    else this.#refusedData(batch, commit, `${MAX_LOST_SENDS} attempts to commit it failed without an answer`);
  }

  /** Declared dead meanwhile. Whether the last batch was written decides what its clients are told. */
  #settleAfterDeath(batch: Batch, commit: GroupCommit): void {
    const { store, scheduler } = this.#engine.parts;
    store.readMarker({ worker: commit.worker, n: commit.n }).then(
      (marker) =>
        this.#ifAlive(() => {
          if (marker !== null && marker.token === commit.token) answerClients(batch, marker.receipt);
          this.#dropAndRedo(batch);
          this.#host.rejoin("fenced");
        }),
      () => scheduler.after(RETRY_MS, () => this.#ifAlive(() => this.#settleAfterDeath(batch, commit))),
    );
  }

  #refusedData(batch: Batch, commit: GroupCommit, detail: string): void {
    const written = batch.written();
    const guilty = written.size <= 1 ? [...written] : [];
    this.singleFile = Math.max(this.singleFile, written.size + commit.creates.length);
    const reason = messageOf("STORE_REFUSED_DATA", detail);
    this.#reload(batch, new Set(), guilty.length === 0 ? {} : { guilty: { nos: guilty, reason } });
  }

  /** Nothing was written: all that was in memory and not durable is dropped, read again, and continues from there. */
  #reload(batch: Batch, lost: ReadonlySet<InstanceNo>, { guilty, keepEnded }: ReloadOptions = {}): void {
    const engine = this.#engine;
    const began = engine.parts.clock.monotonicMs();
    const ended = this.#endedAttempts(batch);
    const givenBack = partsOf(engine, batch).flatMap(({ tasks }) => tasks.givenBack);
    engine.keptResults.collect([...new Set([batch, engine.committer.gathering])], engine.table, lost);
    this.#dropAndRedo(batch, lost);
    this.#room.keepAway();
    engine.committer.reset(false);
    engine.committer.halt();
    for (const row of givenBack) engine.committer.gathering.tasks.giveBack(row); // nothing here knows of their claims any more
    if (keepEnded === undefined) for (const row of ended) engine.committer.gathering.tasks.finish(row);
    else keepEnded(ended);
    const { store } = engine.parts;
    const again = () => {
      store
        .readOwned(engine.identity.worker)
        .then((owned) => {
          const nos = owned.map(({ no }) => no);
          engine.keptResults.forgetAllBut(new Set(nos));
          return loadOwned(engine, nos);
        })
        .then(
          () =>
            this.#ifAlive(() => {
              for (const no of guilty?.nos ?? []) {
                const instance = engine.table.byNo(no);
                if (instance === undefined || instance.leaving) continue; // its load has stopped or released it
                this.#host.giveUp(instance);
                const tried = instance.mailbox.empty();
                stopInstance(engine, instance, { code: "STORE_REFUSED_DATA", message: guilty?.reason ?? "", codeMayCure: true }, tried);
              }
              this.troubledSince = null;
              this.#room.reloaded(engine.parts.clock.monotonicMs() - began);
              engine.committer.unhalt();
              engine.lookAround();
            }),
          () => engine.parts.scheduler.after(RETRY_MS, () => this.#ifAlive(again)),
        );
    };
    if (keepEnded !== undefined) {
      // No disagreement: each piece that does not fit has a pause of its own.
      engine.parts.scheduler.after(RETRY_MS, () => this.#ifAlive(again));
      return;
    }
    this.#reloads += 1;
    if (this.#reloads === 1) again();
    else engine.parts.scheduler.after(doublingPauseMs(RELOAD_PAUSES, this.#reloads), () => this.#ifAlive(again));
  }

  /**
   * What activities with a row have brought stays: their rows name this worker, which lives, and nobody else would run them again. Rows that were
   * to be made in a dropped batch are not there: their attempts go on without one.
   */
  #endedAttempts(batch: Batch): readonly FinishedTask[] {
    const { dispatcher } = this.#engine;
    const parts = partsOf(this.#engine, batch);
    for (const { claimed, ...key } of parts.flatMap((part) => part.tasks.added)) {
      const running = claimed ? dispatcher.get(key) : undefined;
      if (running !== undefined) running.row = null;
    }
    return parts.flatMap((part) => part.tasks.finished);
  }

  onDurable(batch: Batch): void {
    this.#reloads = 0;
    this.#room.onDurable(batch);
    if (this.#busyTimes > 1) {
      const fields = { worker: this.#engine.identity.worker, refusals: this.#busyTimes };
      this.#engine.parts.log.write({ level: "info", event: "commit.taken", message: "The store takes commits again", fields });
    }
    this.#busyTimes = 0;
    this.#lastBusy = null;
    this.#trouble = null;
    this.troubledSince = null;
    if (this.singleFile > 0) this.singleFile -= 1;
  }

  /** As {@link onRefused} for a death that was learnt without a commit. */
  dropAll(): void {
    this.#dropAndRedo(this.#engine.committer.gathering);
  }

  /** Clients of this process that were not answered yet call again, straight at the store: both calls may be repeated. */
  #dropAndRedo(batch: Batch, lost: ReadonlySet<InstanceNo> = new Set()): void {
    const engine = this.#engine;
    const gathering = engine.committer.gathering;
    for (const part of new Set([batch, gathering])) {
      for (const op of part.openOps()) engine.door.direct(op);
    }
    for (const instance of engine.table.all()) {
      for (const mail of instance.mailbox.all) if (mail.op !== null) engine.door.direct(mail.op);
      engine.parts.executor.forget(instance.no);
      if (lost.has(instance.no)) engine.dispatcher.abortInstance(instance.no, instance.state.generation, "lost");
    }
    engine.table.clear();
    engine.mailOrder.reset();
    this.#host.clearLine();
  }

  get #isAlive(): boolean {
    const { phase } = this.#engine;
    return phase === "running" || phase === "draining";
  }

  #ifAlive(act: () => void): void {
    if (this.#isAlive) act();
  }
}

/** What was not written: the batch that was refused, and what was gathered since. */
const partsOf = ({ committer }: Engine, batch: Batch): readonly Batch[] => [...new Set([batch, committer.gathering])];

function troubleOf(refusal: StoreRefusal): string {
  switch (refusal.kind) {
    case "busy":
      return `the store takes no commits: ${refusal.detail}`;
    case "unknown":
      return `the outcome of a commit is not known: ${refusal.detail}`;
    case "refusedData":
      return `the store refuses the data of a commit: ${refusal.detail}`;
    case "otherRelease":
      return refusal.detail;
    default:
      return `a commit was refused (${refusal.kind}), and what this worker owns is read again`;
  }
}

/** The batch was written, its worker is gone: its clients are told what its receipt says. */
function answerClients(batch: Batch, receipt: CommitReceipt): void {
  const refused = new Set(receipt.notStarted); // asked again, and answered by the store
  const { startOps, consumedOps, sentOps } = batch.effects;
  for (const [no, op] of startOps) {
    if (!refused.has(no)) op.resolve({ outcome: "started", status: "Pending", executionId: op.start.executionId });
  }
  for (const op of consumedOps) op.resolve({ outcome: "delivered", status: null });
  const failed = new Map(receipt.undelivered.map(({ index, why }) => [index, why]));
  for (const [index, op] of sentOps) op.resolve({ outcome: failed.get(index) ?? "delivered", status: null });
  batch.answered(refused);
}
