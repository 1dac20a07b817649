import type { EntityOp } from "../model/entity-message.ts";
import type { Message } from "../model/message.ts";
import type { Item } from "./entity-item.ts";
import { planEntity } from "./entity-plan.ts";
import type { InstanceState } from "./state.ts";
import { isEntity } from "./state.ts";

/** The operation that a turn of the entity would begin with, and where it waits; null: none, or it is an orchestration. */
export function nextOperation(state: InstanceState, messages: readonly Message[], now: number): Item<EntityOp> | null {
  if (!isEntity(state)) return null;
  for (const step of planEntity(state, messages, now, 1).steps) if (step.kind === "run") return step.item;
  return null;
}
