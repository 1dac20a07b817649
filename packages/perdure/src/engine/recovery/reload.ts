import type { InstanceNo } from "../../model/ids.ts";
import type { Pauses } from "../../process/doubling-pause.ts";
import { doublingPauseMs } from "../../process/doubling-pause.ts";
import type { FinishedTask } from "../../store/commit.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Batch } from "../commits/batch.ts";
import type { Committer } from "../commits/committer.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { EpisodeLoop } from "../episodes/episodes.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { WorkerParts } from "../options.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { Loader } from "../ownership/loader.ts";
import type { Phase } from "../phase.ts";
import { isAlive } from "../phase.ts";
import type { ActivityRows } from "../tasks/activity-rows.ts";
import type { KeptResults } from "../tasks/kept-results.ts";
import type { MemoryReset } from "./memory-reset.ts";
import type { Room } from "./room.ts";
import type { Trouble } from "./trouble.ts";

const RETRY_MS = 50;
const PAUSES: Pauses = { firstMs: RETRY_MS, longestMs: 5_000 };

export interface ReloadPort {
  readonly phase: Phase;
  readonly identity: Identity;
  readonly committer: Pick<Committer, "gathering" | "reset" | "halt" | "unhalt">;
  readonly table: InstanceTable;
  readonly keptResults: Pick<KeptResults, "collect" | "forgetAllBut">;
  readonly memoryReset: MemoryReset;
  readonly loader: Pick<Loader, "load">;
  readonly leaving: Pick<Leaving, "stop">;
  readonly dispatcher: Pick<Dispatcher, "get">;
  readonly activityRows: Pick<ActivityRows, "finish" | "giveBack">;
  readonly parts: Pick<WorkerParts, "store" | "clock" | "scheduler">;
  readonly episodes: Pick<EpisodeLoop, "giveUp">;
  lookAround(): void;
}

export interface ReloadOptions {
  /** Instances that are another worker's now. */
  readonly lost?: ReadonlySet<InstanceNo>;
  /** To be stopped as soon as they are there again. */
  readonly refused?: { readonly nos: readonly InstanceNo[]; readonly reason: string };
  /** Takes the ended attempts of activities with a row, in place of the next batch. */
  readonly keepEnded?: (ended: readonly FinishedTask[]) => void;
}

/** A batch was refused for good: all that was in memory and not durable is dropped, read again, and continues from there. */
export class Reload {
  readonly #port: ReloadPort;
  readonly #room: Room;
  readonly #trouble: Trouble;
  /** Without a good commit in between: each waits longer, so that a store that disagrees is not stormed. */
  #times = 0;

  constructor(port: ReloadPort, room: Room, trouble: Trouble) {
    this.#port = port;
    this.#room = room;
    this.#trouble = trouble;
  }

  onDurable(): void {
    this.#times = 0;
  }

  start(batch: Batch, { lost = new Set(), refused, keepEnded }: ReloadOptions = {}): void {
    const { activityRows, committer, keptResults, table, memoryReset, parts } = this.#port;
    const began = parts.clock.monotonicMs();
    const unwritten = [...new Set([batch, committer.gathering])];
    const ended = this.#endedAttempts(unwritten);
    const givenBack = unwritten.flatMap(({ tasks }) => tasks.givenBack);
    keptResults.collect(unwritten, table, lost);
    memoryReset.drop(batch, lost);
    this.#room.keepAway();
    committer.reset(false);
    committer.halt();
    for (const row of givenBack) activityRows.giveBack(row); // nothing here knows of their claims any more
    if (keepEnded === undefined) for (const row of ended) activityRows.finish(row);
    else keepEnded(ended);
    const again = () => {
      this.#readOwned().then(
        () =>
          this.#ifAlive(() => {
            if (refused !== undefined) for (const no of refused.nos) this.#stop(no, refused.reason);
            this.#trouble.startAfresh();
            this.#room.reloaded(parts.clock.monotonicMs() - began);
            committer.unhalt();
            this.#port.lookAround();
          }),
        () => parts.scheduler.after(RETRY_MS, () => this.#ifAlive(again)),
      );
    };
    if (keepEnded !== undefined) {
      // No disagreement: each piece that does not fit has a pause of its own.
      parts.scheduler.after(RETRY_MS, () => this.#ifAlive(again));
      return;
    }
    this.#times += 1;
    if (this.#times === 1) again();
    else parts.scheduler.after(doublingPauseMs(PAUSES, this.#times), () => this.#ifAlive(again));
  }

  async #readOwned(): Promise<void> {
    const { parts, identity, keptResults, loader } = this.#port;
    const owned = await parts.store.readOwned(identity.worker);
    const nos = owned.map(({ no }) => no);
    keptResults.forgetAllBut(new Set(nos));
    await loader.load(nos);
  }

  /** If it is still there: its load may have stopped or released it. */
  #stop(no: InstanceNo, reason: string): void {
    const { table, leaving } = this.#port;
    const instance = table.byNo(no);
    if (instance === undefined || instance.leaving) return;
    this.#port.episodes.giveUp(instance);
    const tried = instance.mailbox.empty();
    leaving.stop(instance, { code: "STORE_REFUSED_DATA", message: reason, codeMayCure: true }, tried);
  }

  /**
   * What activities with a row have brought stays: their rows name this worker, which lives, and no other worker would run them again. Rows that were
   * to be made in a dropped batch are not there: their attempts go on without one.
   */
  #endedAttempts(unwritten: readonly Batch[]): readonly FinishedTask[] {
    for (const { claimed, ...key } of unwritten.flatMap(({ tasks }) => tasks.added)) {
      const running = claimed ? this.#port.dispatcher.get(key) : undefined;
      if (running !== undefined) running.rowWithdrawn();
    }
    return unwritten.flatMap(({ tasks }) => tasks.finished);
  }

  #ifAlive(act: () => void): void {
    if (isAlive(this.#port.phase)) act();
  }
}
