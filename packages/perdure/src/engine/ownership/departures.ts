import type { CommitReceipt } from "../../store/commit.ts";
import type { Effects } from "../commits/sealed-batch.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { MailOrder } from "../mail/mail-order.ts";
import type { WorkerParts } from "../options.ts";
import type { Loader } from "./loader.ts";

export interface DeparturesPort {
  readonly table: Pick<InstanceTable, "byNo" | "remove">;
  readonly mailOrder: Pick<MailOrder, "readAfresh">;
  readonly loader: Pick<Loader, "loadUntilRead">;
  readonly parts: Pick<WorkerParts, "executor">;
  lookAround(): void;
}

/** Instances whose release or stop ({@link Leaving}) was in a batch that is durable: the store says who has left, and who has to stay. */
export class Departures {
  readonly #port: DeparturesPort;

  constructor(port: DeparturesPort) {
    this.#port = port;
  }

  onDurable(effects: Pick<Effects, "releases" | "stops">, receipt: CommitReceipt): void {
    if (effects.releases.length === 0 && effects.stops.length === 0) return;
    const { table, loader } = this.#port;
    const left = new Set([...receipt.released, ...receipt.stoppedNos]);
    for (const { no } of effects.releases) {
      const instance = table.byNo(no);
      if (instance === undefined) continue;
      if (left.has(no)) this.#leave(instance);
      else this.#stay(instance);
    }
    for (const { no } of effects.stops) {
      const instance = table.byNo(no);
      if (instance === undefined) continue;
      this.#leave(instance);
      // An operator's word prevented the stop. What memory holds of it may be what it was to be stopped for, so it is read again.
      if (!left.has(no)) loader.loadUntilRead(no);
    }
  }

  #leave(instance: ActiveInstance): void {
    this.#port.table.remove(instance);
    this.#port.parts.executor.forget(instance.no);
  }

  /** Mail came meanwhile, and is read. */
  #stay(instance: ActiveInstance): void {
    instance.stay();
    this.#port.mailOrder.readAfresh(instance);
    this.#port.lookAround();
  }
}
