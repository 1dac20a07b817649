import type { InstanceNo } from "../../model/ids.ts";
import type { FinishedTask } from "../../store/commit.ts";
import type { Batch } from "../commits/batch.ts";
import type { Committer } from "../commits/committer.ts";
import type { MemoryReset } from "./memory-reset.ts";
import type { Room } from "./room.ts";
import type { TaskSalvage } from "./task-salvage.ts";

export interface DroppedWorkPort {
  readonly taskSalvage: TaskSalvage;
  readonly memoryReset: Pick<MemoryReset, "drop">;
  readonly room: Pick<Room, "keepAway">;
  readonly committer: Pick<Committer, "gathering" | "reset" | "halt">;
}

/** Drops all that is in memory and not durable, but for what activities have brought. No batch is taken until all was read again. */
export class DroppedWork {
  readonly #port: DroppedWorkPort;

  constructor(port: DroppedWorkPort) {
    this.#port = port;
  }

  /** With this batch, which was not written. Gives the ended attempts of activities with a row. */
  drop(batch: Batch, lost: ReadonlySet<InstanceNo>): readonly FinishedTask[] {
    const { taskSalvage, memoryReset, room, committer } = this.#port;
    const salvaged = taskSalvage.takeOut([...new Set([batch, committer.gathering])], lost);
    memoryReset.drop(batch, lost);
    room.keepAway();
    committer.reset(false);
    committer.halt();
    taskSalvage.giveBack(salvaged);
    return salvaged.ended;
  }
}
