import type { EntityPlan } from "../../core/entity-plan.ts";
import { planEntity } from "../../core/entity-plan.ts";
import type { EntityInstance } from "../../core/state.ts";
import type { EntityOp } from "../../model/entity-message.ts";
import { functionNotFound } from "../../model/function-not-found.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Unoffered } from "../placement/unoffered.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { EntityRecord } from "./entity-record.ts";

export interface MissingEntityPort {
  readonly fleet: Pick<Fleet, "knows" | "othersKnow" | "known">;
  readonly unoffered: Pick<Unoffered, "stopped" | "isUnserved" | "left">;
  readonly leaving: Pick<Leaving, "release" | "stop">;
  readonly entityRecord: Pick<EntityRecord, "add">;
  readonly storeClock: Pick<StoreClock, "now">;
  enqueue(instance: ActiveInstance): void;
}

/** The executor's, and that of a stop. */
export const FUNCTION_MISSING = "FUNCTION_NOT_REGISTERED";

/** An entity for which this worker lacks the function. What it was to run waits in its mailbox. */
export class MissingEntity {
  readonly #port: MissingEntityPort;

  constructor(port: MissingEntityPort) {
    this.#port = port;
  }

  /**
   * Another worker has it, or may have it: the entity goes to all workers. None has had it for long enough: calls fail, and if there are signals it is
   * stopped with them, until a worker comes that has it. `message`: the executor's.
   */
  leaveOrFail(instance: ActiveInstance, state: EntityInstance, message: string): void {
    const { fleet, unoffered, leaving } = this.#port;
    const { name } = state;
    const isKnown = fleet.knows("entity", name);
    const isElsewhere = !isKnown && fleet.othersKnow("entity", name);
    if (isElsewhere || (!isKnown && !unoffered.isUnserved("entity", name))) {
      if (!isElsewhere) unoffered.left("entity", name);
      leaving.release(instance);
      return;
    }
    this.#failCalls(instance, state);
    const next = this.#planOf(state, instance.mailbox.waiting).operations[0]?.op;
    if (next !== undefined && isSignal(next)) {
      unoffered.stopped("entity", name);
      leaving.stop(instance, { code: FUNCTION_MISSING, message, codeMayCure: true }, instance.mailbox.empty());
    } else if (!instance.mailbox.isEmpty) this.#port.enqueue(instance);
  }

  /** Signals among them stay where they are. */
  #failCalls(instance: ActiveInstance, state: EntityInstance): void {
    const mail = instance.mailbox.waiting.filter((one) => !isSignalMail(one));
    const plan = this.#planOf(state, mail);
    if (plan.steps.length === 0) return;
    const waiting = instance.mailbox.empty();
    const failure = functionNotFound("FUNCTION_NOT_OFFERED", "entity", state.name, this.#port.fleet.known("entity"));
    const firstSignal = plan.operations.findIndex(({ op }) => isSignal(op)); // that was held
    const calls = firstSignal < 0 ? plan.operations : plan.operations.slice(0, firstSignal);
    const results = calls.map(() => ({ kind: "failed", failure }) as const);
    this.#port.entityRecord.add({ instance, plan, mail }, state, { state: plan.value, results, actions: [] });
    instance.mailbox.putBack(waiting.filter(isSignalMail));
  }

  #planOf(state: EntityInstance, mail: readonly Mail[]): EntityPlan {
    return planEntity(
      state,
      mail.map(({ message }) => message),
      this.#port.storeClock.now(),
    );
  }
}

const isSignal = ({ from }: EntityOp): boolean => from === null;
const isSignalMail = ({ message }: Mail): boolean => message.kind === "entityOp" && isSignal(message);
