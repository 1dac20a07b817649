import { nextOperation } from "../../core/next-operation.ts";
import type { InstanceState } from "../../core/state.ts";
import { messageOf } from "../../errors/perdure-error.ts";
import type { PoisonCause } from "../../errors/poison-cause.ts";
import type { Message } from "../../model/message.ts";

/** Why an instance is stopped that ends its processes; of an entity also the operation that it would run next, and who sent it. */
export function poisonMessage(cause: PoisonCause, state: InstanceState, messages: readonly Message[], now: number): string {
  const next = nextOperation(state, messages, now);
  return messageOf("INSTANCE_POISON", cause, next === null ? null : { name: next.message.operation, sender: next.message.by ?? null });
}
