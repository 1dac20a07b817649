import { isPurge, planEntity } from "../../core/entity-plan.ts";
import { setAside } from "../../core/entity-skip.ts";
import type { EntityInstance } from "../../core/state.ts";
import { isEntity } from "../../core/state.ts";
import type { AbortReason, EntityBatchResult } from "../../model/executor.ts";
import { isSuspect } from "../crashes/suspicion.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { NumberPool } from "../ownership/number-pool.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { AskedTurns } from "../turns/asked-turns.ts";
import type { TurnKind, TurnLoopPort } from "../turns/turn-loop.ts";
import { TurnLoop } from "../turns/turn-loop.ts";
import { AskedBatch } from "./asked-batch.ts";
import type { EntityOutcomes } from "./entity-outcomes.ts";
import type { EntityRecord } from "./entity-record.ts";
import { EntityRequests } from "./entity-requests.ts";

export interface EntityLoopPort extends TurnLoopPort {
  readonly numbers: Pick<NumberPool, "has" | "whenHas">;
  readonly entityOutcomes: Pick<EntityOutcomes, "answered">;
  readonly entityRecord: Pick<EntityRecord, "add">;
  readonly storeClock: Pick<StoreClock, "now">;
  readonly settings: Pick<WorkerSettings, "maxMessagesPerEpisode">;
  readonly parts: Pick<WorkerParts, "executor" | "scheduler" | "clock">;
}

/** Turns of entities: one batch of operations each. Their line and their places are their own, so that they and orchestrations do not wait for each other. */
export class EntityLoop extends TurnLoop<AskedBatch, EntityBatchResult> {
  constructor(port: EntityLoopPort) {
    super(port, (loop) => new EntityBatches(port, loop));
  }
}

class EntityBatches implements TurnKind<AskedBatch, EntityBatchResult> {
  readonly #port: EntityLoopPort;
  readonly #loop: TurnLoop<AskedBatch, EntityBatchResult>;
  readonly #requests: EntityRequests;

  constructor(port: EntityLoopPort, loop: TurnLoop<AskedBatch, EntityBatchResult>) {
    this.#port = port;
    this.#loop = loop;
    this.#requests = new EntityRequests(port, {
      onAnswer: (asked, result) => loop.answered(asked, result),
      onPlaceFree: () => loop.onPlaceFree(),
    });
  }

  get asked(): AskedTurns<AskedBatch> {
    return this.#requests.asked;
  }

  begin(instance: ActiveInstance, turn: number, leaveGate: (() => void) | null): AskedBatch | null {
    const { parts, entityRecord } = this.#port;
    const state = entityOf(instance);
    const { mail, plan } = this.#planned(instance, state);
    instance.touch(parts.clock.monotonicMs());
    if (plan.operations.length === 0) {
      instance.pass();
      entityRecord.add({ instance, plan, mail }, state, null);
      return null;
    }
    instance.run(mail);
    const asked = new AskedBatch(instance, plan, mail, turn, leaveGate);
    this.#requests.add(asked);
    return asked;
  }

  /** A suspect runs one operation, so that the next death has one cause. */
  #planned({ mailbox, crashes }: ActiveInstance, state: EntityInstance): Pick<AskedBatch, "mail" | "plan"> {
    const { settings, storeClock } = this.#port;
    const now = storeClock.now();
    const aside = setAside(state, mailbox.waiting, now);
    if (aside !== null) {
      mailbox.empty();
      mailbox.putBack(aside.left);
      return { mail: aside.taken, plan: aside.plan };
    }
    const isPurged = mailbox.waiting.some(({ message }) => isPurge(message));
    const mail = isPurged ? mailbox.empty() : mailbox.take(settings.maxMessagesPerEpisode);
    const messages = mail.map(({ message }) => message);
    return { mail, plan: planEntity(state, messages, now, isSuspect(crashes) ? 1 : undefined) };
  }

  /** An executor is not told: it has limits of its own, and what it answers is ignored. */
  abort(asked: AskedBatch, _reason: AbortReason): void {
    this.asked.drop(asked);
  }

  take(asked: AskedBatch, result: EntityBatchResult): void {
    const { numbers, entityOutcomes } = this.#port;
    const { instance } = asked;
    const starts = result.kind === "ran" ? result.actions.filter(({ kind }) => kind === "startOrchestration").length : 0;
    if (!instance.gone && starts > 0 && !numbers.has(starts)) {
      this.#loop.takenOnce(asked, result, (isWanted, then) => numbers.whenHas(starts, isWanted, then));
      return;
    }
    this.asked.drop(asked);
    if (!instance.gone) entityOutcomes.answered(asked, entityOf(instance), result);
  }
}

function entityOf({ state }: ActiveInstance): EntityInstance {
  if (!isEntity(state)) throw new Error(`"${state.instanceId}" is not an entity`);
  return state;
}
