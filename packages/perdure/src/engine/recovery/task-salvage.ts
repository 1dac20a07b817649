import type { InstanceNo } from "../../model/ids.ts";
import type { FinishedTask, GivenBackTask } from "../../store/commit.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Batch } from "../commits/batch.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { ActivityRows } from "../tasks/activity-rows.ts";
import type { KeptResults } from "../tasks/kept-results.ts";

export interface TaskSalvagePort {
  readonly keptResults: Pick<KeptResults, "collect">;
  readonly table: InstanceTable;
  readonly dispatcher: Pick<Dispatcher, "get">;
  readonly activityRows: Pick<ActivityRows, "giveBack">;
}

export interface Salvaged {
  /** The ended attempts of activities with a row. */
  readonly ended: readonly FinishedTask[];
  readonly givenBack: readonly GivenBackTask[];
}

/** What activities have brought outlives the batches that are dropped: they are not run again for that. */
export class TaskSalvage {
  readonly #port: TaskSalvagePort;

  constructor(port: TaskSalvagePort) {
    this.#port = port;
  }

  /** Before memory is cleared. `lost`: instances that are another worker's now. */
  takeOut(unwritten: readonly Batch[], lost: ReadonlySet<InstanceNo>): Salvaged {
    const ended = this.#endedAttempts(unwritten);
    const givenBack = unwritten.flatMap(({ tasks }) => tasks.givenBack);
    this.#port.keptResults.collect(unwritten, this.#port.table, lost);
    return { ended, givenBack };
  }

  /** … and into the next batch: nothing here knows of their claims any more. */
  giveBack({ givenBack }: Salvaged): void {
    for (const row of givenBack) this.#port.activityRows.giveBack(row);
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
}
