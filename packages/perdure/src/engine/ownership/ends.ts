import { endReason } from "../../model/executor.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Announcements } from "../instances/announcements.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { DirectCalls } from "../mail/direct-calls.ts";
import type { WorkerParts } from "../options.ts";

export interface EndsPort {
  readonly table: Pick<InstanceTable, "remove">;
  readonly dispatcher: Pick<Dispatcher, "allOf" | "abortInstance">;
  readonly directCalls: Pick<DirectCalls, "send">;
  readonly parts: Pick<WorkerParts, "executor">;
  readonly announcements: Pick<Announcements, "announce">;
}

/** Instances whose end is durable. */
export class Ends {
  readonly #port: EndsPort;

  constructor(port: EndsPort) {
    this.#port = port;
  }

  /** It leaves memory; activities that are no longer waited for are told, and so are all waits for its end. */
  onDurable(instance: ActiveInstance): void {
    const { table, dispatcher, parts, directCalls } = this.#port;
    const { state } = instance;
    table.remove(instance);
    parts.executor.forget(instance.no);
    if (instance.hasStrays) {
      for (const task of dispatcher.allOf(instance.no)) task.dropResult();
      dispatcher.abortInstance(instance.no, state.generation, endReason(state.status));
    }
    for (const { op } of instance.mailbox.empty()) {
      if (op === null) continue;
      // Behind a replace message: it is for the run that took the place.
      if (instance.end !== null && instance.end.successor !== null) directCalls.send(op);
      else op.resolve({ outcome: "done", status: state.status });
    }
    this.#port.announcements.announce(instance);
  }
}
