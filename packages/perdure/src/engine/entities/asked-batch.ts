import type { EntityPlan } from "../../core/entity-plan.ts";
import type { Linked } from "../../model/linked-set.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";
import { AskedTurn } from "../turns/asked-turn.ts";
import type { EntityBatch } from "./entity-record.ts";

/** Operations on an entity that the executor was asked for and whose answer is not in a batch of rows yet. */
export class AskedBatch extends AskedTurn implements EntityBatch, Linked<AskedBatch> {
  readonly plan: EntityPlan;
  before: AskedBatch | null = null;
  after: AskedBatch | null = null;

  constructor(instance: ActiveInstance, plan: EntityPlan, mail: readonly Mail[], turn: number, leaveGate: (() => void) | null) {
    super(instance, mail, turn, leaveGate);
    this.plan = plan;
  }
}
