import type { GroupCommit } from "../../store/commit.ts";
import type { ClientDoor } from "../clients/client-door.ts";
import type { Batch } from "../commits/batch.ts";
import type { Committer } from "../commits/committer.ts";
import type { WorkerParts } from "../options.ts";
import type { Phase } from "../phase.ts";
import { isAlive } from "../phase.ts";

export interface RestingBatchPort {
  readonly phase: Phase;
  readonly parts: Pick<WorkerParts, "clock" | "scheduler">;
  readonly committer: Pick<Committer, "refusedAfterMs" | "resend">;
  readonly door: Pick<ClientDoor, "atRest">;
}

/** A batch that the store has not written, until it is sent again. */
export class RestingBatch {
  readonly #port: RestingBatchPort;
  #batch: Batch | null = null;

  constructor(port: RestingBatchPort) {
    this.#port = port;
  }

  get batch(): Batch | null {
    return this.#batch;
  }

  rest(batch: Batch, commit: GroupCommit, pause: number): void {
    const { committer, door, parts } = this.#port;
    this.#batch = batch;
    door.atRest(batch, parts.clock.monotonicMs() + pause + committer.refusedAfterMs);
    const again = () => {
      this.#batch = null;
      if (isAlive(this.#port.phase)) committer.resend(batch, batch.remaining(commit));
    };
    parts.scheduler.after(pause, again);
  }
}
