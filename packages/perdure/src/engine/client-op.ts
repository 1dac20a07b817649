import type { InstanceId } from "../model/ids.ts";
import type { Message } from "../model/message.ts";
import type { StartSpec } from "../model/start.ts";
import type { ClientStart, DeliverReceipt, StartReceipt } from "../store/contract.ts";

/** A client of this process that waits for its call to be durable. Settled exactly once; never before the store has it. */
export interface StartOp {
  readonly start: StartSpec;
  readonly onExisting: ClientStart["onExisting"];
  readonly resolve: (receipt: StartReceipt) => void;
  readonly reject: (error: unknown) => void;
}

export interface DeliverOp {
  readonly instanceId: InstanceId;
  readonly message: Message;
  readonly resolve: (receipt: DeliverReceipt) => void;
  readonly reject: (error: unknown) => void;
}

export const DELIVERED: DeliverReceipt = { outcome: "delivered", status: null };
