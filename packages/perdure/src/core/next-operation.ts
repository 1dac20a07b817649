import type { EntityOp } from "../model/entity-message.ts";
import type { Message } from "../model/message.ts";
import { planEntity } from "./entity-plan.ts";
import type { InstanceState } from "./state.ts";
import { isEntity } from "./state.ts";

/** The operation that a turn of the entity would begin with; null: none, or it is an orchestration. */
export function nextOperation(state: InstanceState, messages: readonly Message[], now: number): EntityOp | null {
  return isEntity(state) ? (planEntity(state, messages, now, 1).operations[0]?.op ?? null) : null;
}
