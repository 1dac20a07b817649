import type { InstanceNo } from "../../model/ids.ts";
import type { Pauses } from "../../process/doubling-pause.ts";
import { doublingPauseMs } from "../../process/doubling-pause.ts";
import type { FinishedTask } from "../../store/commit.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import type { Batch } from "../commits/batch.ts";
import type { WorkerParts } from "../options.ts";
import type { Phase } from "../phase.ts";
import { isAlive } from "../phase.ts";
import type { ActivityRows } from "../tasks/activity-rows.ts";
import type { DroppedWork } from "./dropped-work.ts";
import type { FreshStart } from "./fresh-start.ts";
import type { OwnedInstances } from "./owned-instances.ts";
import type { RefusedInstances } from "./refused-instances.ts";
import type { Room } from "./room.ts";

const RETRY_MS = 50;
const PAUSES: Pauses = { firstMs: RETRY_MS, longestMs: 5_000 };

export interface ReloadPort {
  readonly phase: Phase;
  readonly parts: Pick<WorkerParts, "clock" | "scheduler">;
  readonly droppedWork: Pick<DroppedWork, "drop">;
  readonly activityRows: Pick<ActivityRows, "finish">;
  readonly ownedInstances: Pick<OwnedInstances, "readAll">;
  readonly refusedInstances: Pick<RefusedInstances, "stop">;
  readonly room: Pick<Room, "reloaded">;
  readonly freshStart: Pick<FreshStart, "begin">;
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
  /** Without a good commit in between: each waits longer, so that a store that disagrees is not stormed. */
  #times = 0;

  constructor(port: ReloadPort) {
    this.#port = port;
  }

  onDurable(): void {
    this.#times = 0;
  }

  start(batch: Batch, { lost = new Set(), refused, keepEnded }: ReloadOptions = {}): void {
    const { parts, droppedWork, activityRows, ownedInstances, refusedInstances, room, freshStart } = this.#port;
    const began = parts.clock.monotonicMs();
    const ended = droppedWork.drop(batch, lost);
    if (keepEnded === undefined) for (const row of ended) activityRows.finish(row);
    else keepEnded(ended);
    const again = () => {
      ownedInstances.readAll().then(
        () =>
          this.#ifAlive(() => {
            if (refused !== undefined) for (const no of refused.nos) refusedInstances.stop(no, refused.reason);
            room.reloaded(parts.clock.monotonicMs() - began);
            freshStart.begin();
            this.#port.lookAround();
          }),
        (error: unknown) => {
          saidByStore(error);
          parts.scheduler.after(RETRY_MS, () => this.#ifAlive(again));
        },
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

  #ifAlive(act: () => void): void {
    if (isAlive(this.#port.phase)) act();
  }
}
