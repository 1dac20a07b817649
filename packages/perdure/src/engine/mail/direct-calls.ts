import type { AnyOp } from "../calls/client-op.ts";
import { StartOp } from "../calls/client-op.ts";
import { sendDirect } from "../calls/direct-call.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { WorkerParts } from "../options.ts";
import type { Phase } from "../phase.ts";
import type { MailOrder } from "./mail-order.ts";

export interface DirectCallsPort {
  readonly parts: Pick<WorkerParts, "store" | "scheduler" | "clock">;
  readonly phase: Phase;
  readonly table: Pick<InstanceTable, "byId">;
  readonly mailOrder: Pick<MailOrder, "unread">;
  lookAround(): void;
}

/** The calls of this worker's clients that go to the store by themselves, and not in a batch. */
export class DirectCalls {
  readonly #port: DirectCallsPort;

  constructor(port: DirectCallsPort) {
    this.#port = port;
  }

  send(op: AnyOp): void {
    const { store, scheduler, clock } = this.#port.parts;
    sendDirect(op, { store, scheduler, clock, isDead: () => this.#port.phase === "dead", onDone: (done) => this.#onDone(done) });
  }

  #onDone(op: AnyOp): void {
    const { phase, table, mailOrder } = this.#port;
    if (!(op instanceof StartOp)) {
      // It is in the inbox: what its sender sends next must not overtake it on the way through memory.
      const target = table.byId(op.instanceId);
      if (target !== undefined) mailOrder.unread(target);
    }
    if (phase === "running") this.#port.lookAround(); // a store gives no hint of this process's own client calls
  }
}
