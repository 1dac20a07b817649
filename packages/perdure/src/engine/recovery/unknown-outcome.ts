import type { CommitReceipt, GroupCommit } from "../../store/commit.ts";
import { refusalOf, refusalText } from "../../store/errors.ts";
import { answerSent } from "../commits/answer-sent.ts";
import type { Batch } from "../commits/batch.ts";
import type { Committer } from "../commits/committer.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { WorkerParts } from "../options.ts";
import type { Phase } from "../phase.ts";
import { isAlive } from "../phase.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { Trouble } from "./trouble.ts";

/** Before the store is asked again. */
const RETRY_MS = 50;
/** With the pauses between them these take seconds: a store that loses all connections for a moment makes no batch a suspect. */
const MAX_LOST_SENDS = 10;

export interface UnknownOutcomePort {
  readonly phase: Phase;
  readonly identity: Identity;
  readonly committer: Pick<Committer, "resend" | "confirm">;
  readonly storeClock: Pick<StoreClock, "learn">;
  readonly trouble: Pick<Trouble, "note">;
  readonly parts: Pick<WorkerParts, "store" | "scheduler">;
}

export interface UnknownOutcomeHost {
  setIdentity(identity: Identity): void;
  /** The worker is dead by the store's word, or another has its name. */
  onDead(batch: Batch, why: "fenced" | "markerTaken"): void;
  /** It was not written, and is to be sent again after a pause that grows with the number of `times`. */
  sendLater(batch: Batch, commit: GroupCommit, times: number): void;
  /** The batch is lost whenever it is sent: it is itself the cause. */
  onAlwaysLost(batch: Batch, commit: GroupCommit, detail: string): void;
}

/**
 * A commit was sent and no answer came. Re-fence (that waits for the old commit or shuts it out), then read the marker: there → committed; not there →
 * send again. An answer that is lost here too must not look like a death: what this worker owns would wait for its lease to end, and run again.
 */
export class UnknownOutcome {
  readonly #port: UnknownOutcomePort;
  readonly #host: UnknownOutcomeHost;

  constructor(port: UnknownOutcomePort, host: UnknownOutcomeHost) {
    this.#port = port;
    this.#host = host;
  }

  findOut(batch: Batch, commit: GroupCommit): void {
    const { parts, identity } = this.#port;
    const { worker, fence } = identity;
    parts.store.refence({ worker, fence, token: commit.token }).then(
      (fresh) =>
        this.#ifAlive(() => {
          this.#host.setIdentity({ worker, fence: fresh.fence });
          this.#port.storeClock.learn(fresh.now);
          this.#readMarker(batch, commit);
        }),
      (error: unknown) => {
        if (refusalOf(error).kind === "fenced") {
          this.#findOutAfterDeath(batch, commit);
          return;
        }
        this.#port.trouble.note(`the outcome of a commit is not known, and the store does not say: ${refusalText(error)}`);
        this.#retry(() => this.findOut(batch, commit));
      },
    );
  }

  #readMarker(batch: Batch, commit: GroupCommit): void {
    this.#port.parts.store.readMarker({ worker: commit.worker, n: commit.n }).then(
      (marker) =>
        this.#ifAlive(() => {
          if (marker === null) this.#sendAgain(batch, commit);
          else if (marker.token === commit.token) this.#port.committer.confirm(batch, marker.receipt);
          else this.#host.onDead(batch, "markerTaken");
        }),
      () => this.#retry(() => this.#readMarker(batch, commit)),
    );
  }

  /**
   * A batch that is lost each time is itself the cause: it is treated as refused, so that one instance stops and not the worker. Sends whose connection
   * the store says it ended for another reason do not count (`cutByOthers`).
   */
  #sendAgain(batch: Batch, commit: GroupCommit): void {
    const lost = batch.lostSends;
    if (lost >= MAX_LOST_SENDS) this.#host.onAlwaysLost(batch, commit, `${MAX_LOST_SENDS} attempts to commit it failed without an answer`);
    else if (lost <= 1) this.#port.committer.resend(batch, commit);
    else this.#host.sendLater(batch, commit, lost - 2);
  }

  /** Declared dead meanwhile. Whether the last batch was written decides what its clients are told. */
  #findOutAfterDeath(batch: Batch, commit: GroupCommit): void {
    this.#port.parts.store.readMarker({ worker: commit.worker, n: commit.n }).then(
      (marker) =>
        this.#ifAlive(() => {
          if (marker !== null && marker.token === commit.token) answerClients(batch, marker.receipt);
          this.#host.onDead(batch, "fenced");
        }),
      () => this.#retry(() => this.#findOutAfterDeath(batch, commit)),
    );
  }

  #retry(act: () => void): void {
    this.#port.parts.scheduler.after(RETRY_MS, () => this.#ifAlive(act));
  }

  #ifAlive(act: () => void): void {
    if (isAlive(this.#port.phase)) act();
  }
}

/** The batch was written, its worker is gone: its clients are told what its receipt says. */
function answerClients(batch: Batch, receipt: CommitReceipt): void {
  const refused = new Set(receipt.notStarted); // asked again, and answered by the store
  const { startOps, consumedOps } = batch.effects;
  for (const [no, op] of startOps) {
    if (!refused.has(no)) op.resolve({ outcome: "started", status: "Pending", executionId: op.start.executionId });
  }
  for (const op of consumedOps) op.resolve({ outcome: "delivered", status: null });
  answerSent(batch.effects, receipt);
  batch.answered(refused);
}
