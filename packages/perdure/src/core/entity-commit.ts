import { assertNever } from "../model/assert-never.ts";
import type { EntityAction, EntityBatchRan, EntityOperationResult } from "../model/entity-batch.ts";
import type { EntityLock, EntityOp } from "../model/entity-message.ts";
import type { EntityNotes, HeldLock, LastFailure, SeenMessage } from "../model/entity-notes.ts";
import { notesPayload } from "../model/entity-notes.ts";
import type { Failure } from "../model/failure.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { ExecutionId, InstanceId } from "../model/ids.ts";
import type { Payload } from "../model/payload.ts";
import { clampTime } from "../model/time.ts";
import type { ChildStart } from "./apply-episode.ts";
import { HeldAfter } from "./entity-held.ts";
import type { EntityPlan, EntityStep } from "./entity-plan.ts";
import { foldAll } from "./fold.ts";
import { isRemembered, REMEMBERED_IDS } from "./message-ids.ts";
import type { Outgoing } from "./outgoing.ts";
import type { EntityInstance } from "./state.ts";
import { beginEntityGeneration } from "./state.ts";

/** Everything a batch changes, as data: one commit. */
export interface EntityCommit {
  /** The entity's time. */
  readonly at: number;
  /** So many messages of the batch are consumed, the first ones. */
  readonly taken: number;
  /** Of held messages alone. When `fresh`, the first of a new generation, which then begins. */
  readonly events: readonly HistoryEvent[];
  readonly fresh: boolean;
  /** Answers, signals, locks and releases, in the order of the steps that sent them. */
  readonly messages: readonly Outgoing[];
  readonly children: readonly ChildStart[];
  /** The row's `input`. */
  readonly value: Payload | null;
  readonly notes: EntityNotes;
  /** The notes, as the row has them. */
  readonly customStatus: Payload | null;
}

export type OperationsRan = Pick<EntityBatchRan, "state" | "results" | "actions">;

/**
 * What the executor did, null when there was nothing to run, together with those steps of the plan that need no code. Steps from the first operation on
 * that did not run have not happened. `mint` gives execution ids.
 */
export function applyEntityBatch(
  state: EntityInstance,
  plan: EntityPlan,
  ran: OperationsRan | null,
  mint: () => ExecutionId,
): EntityCommit {
  const writer = new Writer(state, plan, ran, mint);
  for (const step of plan.steps) {
    if (!writer.write(step)) break;
  }
  const { taken, messages, children, value, held } = writer;
  const notes = writer.notes();
  return {
    at: plan.at,
    taken,
    ...held.events(plan.at, state.nextSeq),
    messages,
    children,
    value,
    notes,
    customStatus: notesPayload(notes),
  };
}

/** Brings the state of the entity forward by a commit. */
export function foldEntity(state: EntityInstance, { at, fresh, events, value, notes, customStatus }: EntityCommit): void {
  if (fresh) beginEntityGeneration(state);
  state.input = value;
  state.customStatus = customStatus;
  state.entity.value = value;
  state.entity.notes = notes;
  foldAll(state, events);
  state.clock = Math.max(state.clock, at);
}

class Writer {
  taken = 0;
  readonly messages: Outgoing[] = [];
  readonly children: ChildStart[] = [];
  value: Payload | null;
  readonly held: HeldAfter;
  readonly #self: InstanceId;
  readonly #before: EntityNotes;
  readonly #at: number;
  readonly #results: readonly EntityOperationResult[];
  readonly #actions: readonly EntityAction[];
  readonly #mint: () => ExecutionId;
  #lock: HeldLock | null;
  #lastFailure: LastFailure | null;
  #seen: SeenMessage[] | null = null;
  #nextAction = 0;

  constructor({ entity, instanceId }: EntityInstance, { at, value }: EntityPlan, ran: OperationsRan | null, mint: () => ExecutionId) {
    this.held = new HeldAfter(entity.held);
    this.#self = instanceId;
    this.value = ran === null || ran.results.length === 0 ? value : ran.state;
    this.#before = entity.notes;
    this.#lock = entity.notes.lock;
    this.#lastFailure = entity.notes.lastFailure;
    this.#at = at;
    this.#results = ran?.results ?? [];
    this.#actions = ran?.actions ?? [];
    this.#mint = mint;
  }

  notes(): EntityNotes {
    const remembered = this.#seen ?? this.#before.seen;
    return {
      lock: this.#lock,
      lastFailure: this.#lastFailure,
      seen: remembered.length === 0 ? remembered : remembered.filter((one) => isRemembered(one, this.#at)).slice(-REMEMBERED_IDS),
      held: this.held.count,
    };
  }

  /** False: it did not happen. */
  write(step: EntityStep): boolean {
    if (step.kind === "run") {
      const result = this.#results[step.operation];
      if (result === undefined) return false;
      this.#operation(step.item.message, result, step.operation);
    }
    this.#settle(step);
    const { index } = step.item;
    if (index !== null && index >= this.taken) {
      this.taken = index + 1;
      if (step.kind !== "drop" && step.item.message.kind === "entityOp") this.#remember(step.item.message);
    }
    return true;
  }

  #settle(step: EntityStep): void {
    switch (step.kind) {
      case "run":
        this.held.take(step.item);
        return;
      case "lock":
        this.held.take(step.item);
        this.#takeLock(step.item.message);
        return;
      case "unlock":
        this.#lock = null;
        this.#forward(step.item.message);
        return;
      case "pass":
        this.#forward(step.item.message);
        return;
      case "withdraw":
        this.held.take(step.request);
        return;
      case "hold":
        this.held.hold(step.item);
        return;
      case "purge":
        this.#purge();
        return;
      case "skip":
        this.held.take(step.item);
        this.#fail(step.item.message, skipped(step.reason));
        return;
      case "drop":
        return;
      default:
        assertNever(step);
    }
  }

  #operation(op: EntityOp, result: EntityOperationResult, by: number): void {
    for (let action = this.#actions[this.#nextAction]; action?.by === by; action = this.#actions[this.#nextAction]) {
      this.#nextAction += 1;
      this.#act(action);
    }
    if (result.kind === "completed") this.#answer(op, result.result);
    else this.#fail(op, result.failure);
  }

  #act(action: EntityAction): void {
    const ts = this.#at;
    if (action.kind === "signalEntity") {
      const { instanceId, operation, input, due, trace } = action;
      const times = { ts, due: due === null ? null : clampTime(due) };
      const traced = trace === undefined ? {} : { trace };
      this.messages.push({
        to: { instanceId },
        message: { kind: "entityOp", ...times, operation, input, from: null, lock: null, by: this.#self, ...traced },
      });
      return;
    }
    const { name, instanceId, minted, input, version, tags } = action;
    const startAt = action.startAt === null ? null : clampTime(action.startAt);
    const start = { instanceId, executionId: this.#mint(), name, input, version, tags, parent: null, startAt };
    this.children.push({ start, minted, ifExists: null });
  }

  #answer({ from }: EntityOp, result: Payload | null): void {
    if (from === null) return;
    const { no, generation, taskId } = from;
    this.messages.push({ to: { no }, message: { kind: "entityCompleted", ts: this.#at, generation, taskId, result } });
  }

  /** The caller is told; the failure of a signal is noted for people. */
  #fail({ from, operation }: EntityOp, failure: Failure): void {
    if (from === null) {
      this.#lastFailure = { operation, message: failure.message, at: this.#at };
      return;
    }
    const { no, generation, taskId } = from;
    this.messages.push({ to: { no }, message: { kind: "entityFailed", ts: this.#at, generation, taskId, result: null, failure } });
  }

  #takeLock(request: EntityLock): void {
    const { lock: key, holder, entities, at } = request;
    this.#lock = { key, holder, entities, at, since: this.#at };
    if (this.#forward(request)) return;
    const reply = { kind: "lockGranted", ts: this.#at, generation: key.generation, taskId: key.id, result: null } as const;
    this.messages.push({ to: { no: key.no }, message: reply });
  }

  /** False: this is the last entity of the section. */
  #forward(message: EntityLock): boolean {
    const at = message.at + 1;
    const next = message.entities[at];
    if (next === undefined) return false;
    this.messages.push({ to: { instanceId: next }, message: { ...message, ts: this.#at, at } });
    return true;
  }

  #purge(): void {
    this.value = null;
    this.#lastFailure = null;
    for (const op of this.held.takeOperations()) if (op.from !== null) this.#fail(op, PURGED);
  }

  #remember({ from, messageId }: EntityOp): void {
    if (from !== null || messageId === undefined) return;
    this.#seen ??= [...this.#before.seen];
    this.#seen.push({ id: messageId, at: this.#at });
  }
}

const skipped = (reason: string | null): Failure => ({
  errorType: "EntityOperationSkippedError",
  message: `An operator has set this operation aside${reason === null ? "" : ` (${reason})`}. It was not run, and the state is as it was.`,
});

const PURGED: Failure = {
  errorType: "EntityPurgedError",
  message: "The entity was purged while this operation waited. Its state is gone, and the operation was not run.",
};
