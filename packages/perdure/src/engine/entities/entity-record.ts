import type { OperationsRan } from "../../core/entity-commit.ts";
import { applyEntityBatch, foldEntity } from "../../core/entity-commit.ts";
import type { EntityPlan } from "../../core/entity-plan.ts";
import { isEmptyEntity } from "../../core/entity-wake.ts";
import type { EntityInstance } from "../../core/state.ts";
import { executionId } from "../../model/ids.ts";
import type { AuditNote } from "../../store/audit.ts";
import { purgeNote } from "../../store/audit.ts";
import type { Committer } from "../commits/committer.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";
import type { WakeUps } from "../instances/wake-ups.ts";
import type { WorkerParts } from "../options.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { TurnRows } from "../turns/turn-rows.ts";

const NO_NOTES: readonly AuditNote[] = [];

/** A turn of an entity and what it was given. */
export interface EntityBatch {
  readonly instance: ActiveInstance;
  readonly plan: EntityPlan;
  readonly mail: readonly Mail[];
}

export interface EntityRecordPort {
  readonly committer: Pick<Committer, "gathering" | "requestSeal">;
  readonly turnRows: Pick<TurnRows, "send">;
  readonly leaving: Pick<Leaving, "release" | "releaseSuspectAtRest">;
  readonly wakeUps: Pick<WakeUps, "nextTurn">;
  readonly parts: Pick<WorkerParts, "ids" | "log">;
}

/** Turns what a batch of operations did into rows of the gathering batch, all of one commit, and gives the entity its next turn. Nothing leaves yet. */
export class EntityRecord {
  readonly #port: EntityRecordPort;

  constructor(port: EntityRecordPort) {
    this.#port = port;
  }

  /** `ran` null: no code was to run. */
  add({ instance, plan, mail }: EntityBatch, state: EntityInstance, ran: OperationsRan | null): void {
    const { committer, leaving, wakeUps } = this.#port;
    if (plan.steps.length > 0) this.#write(instance, state, plan, mail, ran);
    else if (leaving.releaseSuspectAtRest(instance)) return;
    if (instance.mailbox.isEmpty && plan.steps.length === 0 && isEmptyEntity(state, plan.at)) leaving.release(instance);
    else wakeUps.nextTurn(instance);
    committer.requestSeal();
  }

  #write(instance: ActiveInstance, state: EntityInstance, plan: EntityPlan, mail: readonly Mail[], ran: OperationsRan | null): void {
    const { committer, turnRows, parts } = this.#port;
    const batch = committer.gathering;
    const { nextSeq } = state;
    const commit = applyEntityBatch(state, plan, ran, () => executionId(parts.ids.guid()));
    const isValueSame = commit.value === state.entity.value;
    foldEntity(state, commit);
    this.#logFailures(state, plan, ran);
    this.#logSkipped(state, plan);
    for (const note of auditNotes(plan)) batch.note(instance, note);
    const { fresh, events, at } = commit;
    batch.appendHistory({ instance, generation: state.generation, firstSeq: fresh ? 0 : nextSeq, events, at });
    batch.consume(instance, mail.slice(0, commit.taken));
    instance.mailbox.putBack(mail.slice(commit.taken));
    // The extra, empty too, makes it a row of the commit, which the lines of the audit need.
    batch.update(instance, commit.at, isValueSame ? {} : { input: commit.value });
    turnRows.send(instance, commit, commit.at);
  }

  #logSkipped({ instanceId, name }: EntityInstance, { operations, steps }: EntityPlan): void {
    if (operations.length > 0) return; // a turn that sets operations aside runs none
    for (const step of steps) {
      if (step.kind !== "skip") continue;
      const { operation, by = null } = step.item.message;
      const message = `Operation "${operation}" of "${instanceId}" was set aside by an operator: it was not run`;
      const fields = { instanceId, entity: name, operation, sender: by, reason: step.reason };
      this.#port.parts.log.write({ level: "warn", event: "entity.operation-skipped", message, fields });
    }
  }

  /** Of signals alone: who called is told, and says so itself. */
  #logFailures({ instanceId, name }: EntityInstance, { operations }: EntityPlan, ran: OperationsRan | null): void {
    if (ran === null) return;
    for (const [index, result] of ran.results.entries()) {
      const op = operations[index]?.op;
      if (result.kind !== "failed" || op === undefined || op.from !== null) continue;
      const { errorType, message: why } = result.failure;
      const message = `A signal failed: operation "${op.operation}" of "${instanceId}": ${why}`;
      const fields = { instanceId, entity: name, operation: op.operation, errorType };
      this.#port.parts.log.write({ level: "warn", event: "entity.signal-failed", message, fields });
    }
  }
}

/** What operators took away. */
function auditNotes({ operations, steps }: EntityPlan): readonly AuditNote[] {
  if (operations.length > 0) return NO_NOTES; // such a turn runs none
  return steps.flatMap((step): readonly AuditNote[] => {
    if (step.kind === "purge") return [purgeNote(step.item.message)];
    if (step.kind !== "skip") return [];
    const { operation, from, by = null } = step.item.message;
    const detail = JSON.stringify({ skipped: { operation, isSignal: from === null, sender: by } });
    return [{ what: "skip", by: step.by, reason: step.reason, detail }];
  });
}
