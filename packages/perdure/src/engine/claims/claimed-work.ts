import type { InstanceNo } from "../../model/ids.ts";
import type { ClaimRequest, ClaimTasksRequest, CommitReceipt } from "../../store/commit.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import type { Committer } from "../commits/committer.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Loader } from "../ownership/loader.ts";
import type { ClaimedTasks } from "../tasks/claimed-tasks.ts";
import type { Suspects } from "./suspects.ts";

export interface ClaimedWorkPort {
  readonly parts: Pick<WorkerParts, "store" | "scheduler">;
  readonly settings: Pick<WorkerSettings, "pollEveryMs">;
  readonly identity: Identity;
  readonly suspects: Pick<Suspects, "claimEnded">;
  readonly loader: Pick<Loader, "load">;
  readonly claimedTasks: Pick<ClaimedTasks, "take">;
  /** What was claimed is in memory: there may be room for more. */
  readonly committer: Pick<Committer, "requestClaim">;
}

/** Brings what was claimed into memory, again and again while the store is away. */
export class ClaimedWork {
  readonly #port: ClaimedWorkPort;
  #loading = 0;
  #loadingTasks = 0;
  #stopped = false;

  constructor(port: ClaimedWorkPort) {
    this.#port = port;
  }

  /** Instances that were claimed and are not in memory yet. */
  get loading(): number {
    return this.#loading;
  }

  /** The same for tasks. */
  get loadingTasks(): number {
    return this.#loadingTasks;
  }

  /** A receipt has come. Before the next batch is sealed: else that claims for the same room once more. */
  claimed({ claimed, claimedTasks }: CommitReceipt): void {
    this.#loading += claimed.length;
    this.#loadingTasks += claimedTasks.length;
  }

  /** A store that was closed is not asked again and again. */
  stop(): void {
    this.#stopped = true;
  }

  load(nos: readonly InstanceNo[], claim: ClaimRequest | null): void {
    this.#port.loader.load(nos).then(
      () => {
        this.#loading -= nos.length;
        this.#port.suspects.claimEnded(claim); // the table knows of them now
        this.#port.committer.requestClaim();
      },
      (error: unknown) => {
        saidByStore(error);
        this.#afterPoll(() => this.load(nos, claim));
      },
    );
  }

  runTasks(claimed: CommitReceipt["claimedTasks"], claim: ClaimTasksRequest | null): void {
    this.#port.parts.store.loadTasks(claimed).then(
      (rows) => {
        this.#loadingTasks -= claimed.length;
        for (const row of rows) if (row.worker === this.#port.identity.worker) this.#port.claimedTasks.take(row);
        this.#port.suspects.claimEnded(claim); // the dispatcher knows of them now
      },
      () => this.#afterPoll(() => this.runTasks(claimed, claim)),
    );
  }

  #afterPoll(again: () => void): void {
    if (this.#stopped) return;
    const { parts, settings } = this.#port;
    parts.scheduler.after(settings.pollEveryMs, () => {
      if (!this.#stopped) again();
    });
  }
}
