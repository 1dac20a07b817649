import type { InstanceNo } from "../../model/ids.ts";
import type { EpisodeLoop } from "../episodes/episode-loop.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { Leaving } from "../ownership/leaving.ts";

export interface RefusedInstancesPort {
  readonly table: Pick<InstanceTable, "byNo">;
  readonly episodes: Pick<EpisodeLoop, "giveUp">;
  readonly leaving: Pick<Leaving, "stop">;
}

/** Instances whose data the store refuses. */
export class RefusedInstances {
  readonly #port: RefusedInstancesPort;

  constructor(port: RefusedInstancesPort) {
    this.#port = port;
  }

  /** If it is still there: its load may have stopped or released it. */
  stop(no: InstanceNo, reason: string): void {
    const { table, episodes, leaving } = this.#port;
    const instance = table.byNo(no);
    if (instance === undefined || instance.leaving) return;
    episodes.giveUp(instance);
    const tried = instance.mailbox.empty();
    leaving.stop(instance, { code: "STORE_REFUSED_DATA", message: reason, codeMayCure: true }, tried);
  }
}
