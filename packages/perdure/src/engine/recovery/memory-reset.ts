import type { InstanceNo } from "../../model/ids.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Batch } from "../commits/batch.ts";
import type { Committer } from "../commits/committer.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { DirectCalls } from "../mail/direct-calls.ts";
import type { MailOrder } from "../mail/mail-order.ts";
import type { WorkerParts } from "../options.ts";
import type { WorkerMemory } from "./worker-memory.ts";

export interface MemoryResetPort {
  readonly table: Pick<InstanceTable, "all" | "clear">;
  readonly committer: Pick<Committer, "gathering">;
  readonly mailOrder: Pick<MailOrder, "reset">;
  readonly directCalls: Pick<DirectCalls, "send">;
  readonly dispatcher: Pick<Dispatcher, "abortInstance">;
  readonly parts: Pick<WorkerParts, "executor">;
  readonly memory: Pick<WorkerMemory, "clearLine">;
}

const NONE: ReadonlySet<InstanceNo> = new Set();

/** Drops all instances in memory, and what batches that will not be written contain of them. */
export class MemoryReset {
  readonly #port: MemoryResetPort;

  constructor(port: MemoryResetPort) {
    this.#port = port;
  }

  /**
   * With this batch and the gathering one. Clients of this process that were not answered yet call again, straight at the store: both calls may be
   * repeated. `lost`: instances that are another worker's now.
   */
  drop(batch: Batch, lost: ReadonlySet<InstanceNo> = NONE): void {
    const { table, committer, mailOrder, directCalls, dispatcher, parts } = this.#port;
    for (const part of new Set([batch, committer.gathering])) {
      for (const op of part.openOps()) directCalls.send(op);
    }
    for (const instance of table.all()) {
      for (const mail of instance.mailbox.all) if (mail.op !== null) directCalls.send(mail.op);
      parts.executor.forget(instance.no);
      if (lost.has(instance.no)) dispatcher.abortInstance(instance.no, instance.state.generation, "lost");
    }
    table.clear();
    mailOrder.reset();
    this.#port.memory.clearLine();
  }
}
