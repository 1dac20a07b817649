import { messageOf } from "../../errors/perdure-error.ts";
import type { Pauses } from "../../process/doubling-pause.ts";
import { doublingPauseMs } from "../../process/doubling-pause.ts";
import type { GroupCommit } from "../../store/commit.ts";
import type { StoreRefusal } from "../../store/errors.ts";
import type { Batch } from "../commits/batch.ts";
import type { Committer } from "../commits/committer.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { WorkerParts } from "../options.ts";
import type { MemoryReset } from "./memory-reset.ts";
import type { OneByOne } from "./one-by-one.ts";
import type { Reload } from "./reload.ts";
import type { RestingBatch } from "./resting-batch.ts";
import type { Room } from "./room.ts";
import type { Trouble } from "./trouble.ts";
import type { UnknownOutcomePort } from "./unknown-outcome.ts";
import { UnknownOutcome } from "./unknown-outcome.ts";

const BUSY_PAUSES: Pauses = { firstMs: 50, longestMs: 1_000 };
/** Refusals of one batch after which a store has no room for anything. */
const MOMENTARY = 3;

export interface ResyncPort extends UnknownOutcomePort {
  readonly committer: Pick<Committer, "gathering" | "inFlight" | "noteTrouble" | "resend" | "confirm">;
  readonly trouble: Trouble;
  readonly room: Pick<Room, "advise" | "putAside" | "putResultsAside" | "onDurable">;
  readonly reload: Reload;
  readonly restingBatch: Pick<RestingBatch, "rest">;
  readonly oneByOne: Pick<OneByOne, "goFor" | "onDurable">;
  readonly memoryReset: Pick<MemoryReset, "drop">;
  readonly parts: Pick<WorkerParts, "store" | "scheduler" | "log">;
}

export interface ResyncHost {
  setIdentity(identity: Identity): void;
  /** Drops everything and joins as a new worker. */
  rejoin(why: StoreRefusal["kind"]): void;
}

/** What to do when a commit was not answered with a receipt (docs/design/ownership.md 6). */
export class Resync {
  readonly #port: ResyncPort;
  readonly #host: ResyncHost;
  readonly #unknown: UnknownOutcome;
  /** Why the store could not take the last commit, while it has not taken one since. */
  #lastBusy: string | null = null;
  #busyTimes = 0;

  constructor(port: ResyncPort, host: ResyncHost) {
    this.#port = port;
    this.#host = host;
    this.#unknown = new UnknownOutcome(port, {
      setIdentity: (identity) => host.setIdentity(identity),
      onDead: (batch, why) => this.#die(batch, why),
      sendLater: (batch, commit, times) => port.restingBatch.rest(batch, commit, doublingPauseMs(BUSY_PAUSES, times)),
      onAlwaysLost: (batch, commit, detail) => this.#refusedData(batch, commit, detail),
    });
  }

  onRefused(batch: Batch, commit: GroupCommit, refusal: StoreRefusal): void {
    this.#log(commit, refusal);
    this.#port.trouble.note(troubleOf(refusal));
    switch (refusal.kind) {
      case "busy":
        if (refusal.lessMayFit === true) this.#sendLess(batch, commit, refusal.detail);
        else this.#sendLater(batch, commit, refusal.detail);
        return;
      case "fenced":
      case "markerTaken":
      case "movedBack":
      case "otherRelease":
        this.#die(batch, refusal.kind);
        return;
      case "notOwned":
        this.#port.reload.start(batch, { lost: new Set(refusal.nos) });
        return;
      case "refusedData":
        this.#refusedData(batch, commit, refusal.detail);
        return;
      case "unknown":
        if (refusal.cutByOthers !== true) batch.sendWasLost();
        this.#unknown.findOut(batch, commit);
        return;
    }
  }

  onDurable(batch: Batch): void {
    this.#port.reload.onDurable();
    this.#port.room.onDurable(batch);
    if (this.#busyTimes > 1) {
      const fields = { worker: this.#port.identity.worker, refusals: this.#busyTimes };
      this.#port.parts.log.write({ level: "info", event: "commit.taken", message: "The store takes commits again", fields });
    }
    this.#busyTimes = 0;
    this.#lastBusy = null;
    this.#port.trouble.isOver();
    this.#port.oneByOne.onDurable();
  }

  /** As {@link onRefused} for a death that was learnt without a commit. */
  dropAll(): void {
    const { memoryReset, committer } = this.#port;
    memoryReset.drop(committer.gathering);
  }

  #die(batch: Batch, why: StoreRefusal["kind"]): void {
    this.#port.memoryReset.drop(batch);
    this.#host.rejoin(why);
  }

  /** Nothing was written. A full disk or a standby stays for long: pauses double up to a second. */
  #sendLater(batch: Batch, commit: GroupCommit, detail: string): void {
    const pause = doublingPauseMs(BUSY_PAUSES, this.#busyTimes);
    this.#lastBusy = detail;
    this.#busyTimes += 1;
    if (this.#busyTimes > MOMENTARY) this.#port.committer.noteTrouble();
    this.#port.restingBatch.rest(batch, commit, pause);
  }

  /** No room for this batch; perhaps for less. */
  #sendLess(batch: Batch, commit: GroupCommit, detail: string): void {
    const advice = this.#port.room.advise(batch, commit, this.#busyTimes);
    if (advice.kind === "wait") {
      this.#sendLater(batch, commit, detail);
      return;
    }
    if (advice.kind === "split") this.#port.oneByOne.goFor(advice.parts);
    if (advice.kind === "aside") this.#port.room.putAside(advice.no, detail);
    const alone = advice.kind === "resultsAside";
    this.#port.reload.start(batch, { keepEnded: (ended) => this.#port.room.putResultsAside(ended, alone) });
  }

  /** One instance alone is stopped; of several, each goes into a batch of its own, so that the store says whose data it refuses. */
  #refusedData(batch: Batch, commit: GroupCommit, detail: string): void {
    const written = batch.written();
    const refused = written.size <= 1 ? [...written] : [];
    this.#port.oneByOne.goFor(written.size + commit.creates.length);
    const reason = messageOf("STORE_REFUSED_DATA", detail);
    this.#port.reload.start(batch, refused.length === 0 ? {} : { refused: { nos: refused, reason } });
  }

  /** A reason that repeats is logged the first, second, fourth, eighth … time. */
  #log(commit: GroupCommit, refusal: StoreRefusal): void {
    if (refusal.kind === "busy" && refusal.detail === this.#lastBusy && !Number.isInteger(Math.log2(this.#busyTimes + 1))) return;
    const why = "detail" in refusal ? `${refusal.kind} (${refusal.detail})` : refusal.kind;
    const fields = { worker: this.#port.identity.worker, n: commit.n, refusal };
    this.#port.parts.log.write({ level: "warn", event: "commit.refused", message: `A group commit was refused: ${why}`, fields });
  }
}

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
