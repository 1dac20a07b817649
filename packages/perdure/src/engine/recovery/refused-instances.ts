import type { InstanceNo } from "../../model/ids.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { Turns } from "../turns/turns.ts";

export interface RefusedInstancesPort {
  readonly table: Pick<InstanceTable, "byNo">;
  readonly turns: Pick<Turns, "giveUp">;
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
    const { table, turns, leaving } = this.#port;
    const instance = table.byNo(no);
    if (instance === undefined || instance.leaving) return;
    turns.giveUp(instance);
    const tried = instance.mailbox.empty();
    leaving.stop(instance, { code: "STORE_REFUSED_DATA", message: reason, codeMayCure: true }, tried);
  }
}
