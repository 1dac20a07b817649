import type { EventId, InstanceNo } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { Batch } from "../commits/batch.ts";
import type { InstanceTable } from "../instances/instance-table.ts";

type Result = Extract<Message, { readonly kind: "taskCompleted" | "taskFailed" }>;

/**
 * Results of activities that live in memory alone, over a moment in which everything is read again since a batch was not written: an activity that
 * has run is not run again for that.
 */
export class KeptResults {
  readonly #results = new Map<InstanceNo, Result[]>();

  /** Before memory is cleared: what the batches hold, and what waits in mailboxes. */
  collect(batches: readonly Batch[], table: InstanceTable, lost: ReadonlySet<InstanceNo>): void {
    for (const { results } of batches) for (const { no, message } of results) if (!lost.has(no)) this.keep(no, message);
    for (const instance of table.all()) {
      if (lost.has(instance.no)) continue;
      for (const { message, isVolatile } of instance.mailbox.all) if (isVolatile) this.keep(instance.no, message);
    }
  }

  /** When an instance is read again: by task, of this generation. */
  take(no: InstanceNo, generation: number): ReadonlyMap<EventId, Result> {
    const kept = this.#results.get(no) ?? [];
    this.#results.delete(no);
    return new Map(kept.filter((result) => result.generation === generation).map((result) => [result.taskId, result]));
  }

  /** Those of others, and of instances that are gone. */
  forgetAllBut(owned: ReadonlySet<InstanceNo>): void {
    for (const no of this.#results.keys()) if (!owned.has(no)) this.#results.delete(no);
  }

  clear(): void {
    this.#results.clear();
  }

  keep(no: InstanceNo, message: Message): void {
    if (message.kind !== "taskCompleted" && message.kind !== "taskFailed") return;
    const kept = this.#results.get(no);
    if (kept === undefined) this.#results.set(no, [message]);
    else kept.push(message);
  }
}
