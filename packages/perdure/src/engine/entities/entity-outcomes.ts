import type { EntityInstance } from "../../core/state.ts";
import type { EntityBatchResult } from "../../model/executor.ts";
import { NO_PLACE } from "../../model/no-place.ts";
import type { Committer } from "../commits/committer.ts";
import type { Redelivery } from "../episodes/redelivery.ts";
import { isNotRun } from "../episodes/redelivery.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { ClientMail } from "../mail/client-mail.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { EntityBatch, EntityRecord } from "./entity-record.ts";
import type { MissingEntity } from "./missing-entity.ts";
import { FUNCTION_MISSING } from "./missing-entity.ts";

export interface EntityOutcomesPort {
  readonly entityRecord: Pick<EntityRecord, "add">;
  readonly redelivery: Pick<Redelivery, "redeliver">;
  readonly missingEntity: Pick<MissingEntity, "leaveOrFail">;
  readonly committer: Pick<Committer, "flushed">;
  readonly clientMail: Pick<ClientMail, "answer">;
  readonly leaving: Pick<Leaving, "stop">;
  enqueue(instance: ActiveInstance): void;
}

/** The executor has answered: what ran is recorded, and the rest waits, is delivered again, or its entity is stopped or goes elsewhere. */
export class EntityOutcomes {
  readonly #port: EntityOutcomesPort;

  constructor(port: EntityOutcomesPort) {
    this.#port = port;
  }

  answered(batch: EntityBatch, state: EntityInstance, result: EntityBatchResult): void {
    const { entityRecord, redelivery, clientMail } = this.#port;
    const { instance } = batch;
    if (isNotRun(result)) redelivery.redeliver(instance, result);
    else if (result.kind === "stopped") this.#endWithoutRecord(batch, state, result);
    else if (result.results.length > 0) {
      instance.finishEpisode();
      entityRecord.add(batch, state, result);
      if (result.cut !== null) clientMail.answer(instance);
    } else if (result.cut === "durability") this.#onceDurable(instance);
    else redelivery.redeliver(instance, NO_PLACE); // it shuts down
  }

  /** What it has and what it knows is on its way to the store: then all of it may run. */
  #onceDurable(instance: ActiveInstance): void {
    const { committer, clientMail } = this.#port;
    instance.hold();
    clientMail.answer(instance);
    void committer.flushed().then(() => {
      if (instance.again()) this.#port.enqueue(instance);
    });
  }

  #endWithoutRecord(
    batch: EntityBatch,
    state: EntityInstance,
    { code, message }: { readonly code: string; readonly message: string },
  ): void {
    const { leaving, missingEntity } = this.#port;
    const { instance } = batch;
    if (code === FUNCTION_MISSING) {
      instance.giveUp();
      missingEntity.leaveOrFail(instance, state, message);
      return;
    }
    instance.finishEpisode();
    leaving.stop(instance, { code, message, codeMayCure: code !== "INTERNAL" }, batch.mail);
  }
}
