import type { EntityOp, WaitingPlace } from "../model/entity-message.ts";
import type { Message } from "../model/message.ts";
import type { EntityPlan, EntityStep } from "./entity-plan.ts";
import type { EntityInstance } from "./state.ts";

/** A message that waits, and its inbox row; null: it has none yet. */
export interface WaitingMessage {
  readonly message: Message;
  readonly seq: number | null;
}

/** What operators set aside among the messages that wait. */
export interface SetAside<Waiting extends WaitingMessage> {
  /** The words of the operators, then the operations that they mean: what the turn takes. */
  readonly taken: readonly Waiting[];
  readonly left: readonly Waiting[];
  readonly plan: EntityPlan;
}

/**
 * Null: no word means an operation that still waits. Else the turn does this alone: the operation may be why the entity is stopped, so nothing that might end
 * the process may run before it is gone for good.
 */
export function setAside<Waiting extends WaitingMessage>(
  state: EntityInstance,
  waiting: readonly Waiting[],
  now: number,
): SetAside<Waiting> | null {
  const words = waiting.filter(({ message }) => wordOf(message) !== null);
  if (words.length === 0) return null;
  const meant = words.flatMap(({ message }) => wordOf(message) ?? []);
  const operations = waiting.filter(({ seq, message }) => isOperation(message) && meant.some(({ skip }) => isAtSeq(skip, seq)));
  const held = heldSteps(state, meant);
  if (operations.length + held.length === 0) return null;
  const steps = [
    ...words.map(({ message }, index): EntityStep => ({ kind: "drop", item: { message, index, place: null } })),
    ...operations.flatMap(({ message, seq }, index): readonly EntityStep[] => {
      const { reason = null, by = null } = meant.find(({ skip }) => isAtSeq(skip, seq)) ?? {};
      return isOperation(message) ? [{ kind: "skip", reason, by, item: { message, index: words.length + index, place: null } }] : [];
    }),
    ...held,
  ];
  const taken = [...words, ...operations];
  const at = Math.max(now, state.clock);
  return { taken, left: waiting.filter((one) => !taken.includes(one)), plan: { at, value: state.entity.value, steps, operations: [] } };
}

/** An operator's word: which operation, why, and which process was asked. */
interface Word {
  readonly skip: WaitingPlace;
  readonly reason: string | null;
  readonly by: string | null;
}

function wordOf(message: Message): Word | null {
  return message.kind === "resume" && message.skip !== undefined
    ? { skip: message.skip, reason: message.reason, by: message.by ?? null }
    : null;
}

const isOperation = (message: Message): message is EntityOp => message.kind === "entityOp";

const isAtSeq = (place: WaitingPlace, seq: number | null): boolean => "seq" in place && place.seq === seq;

function heldSteps({ generation, entity }: EntityInstance, words: readonly Word[]): readonly EntityStep[] {
  const meant = words.filter(({ skip }) => "held" in skip && skip.generation === generation);
  if (meant.length === 0) return [];
  return entity.held.flatMap(({ message, place }): readonly EntityStep[] => {
    const word = meant.find(({ skip }) => "held" in skip && skip.held === place);
    if (word === undefined || !isOperation(message)) return [];
    return [{ kind: "skip", reason: word.reason, by: word.by, item: { message, place, index: null } }];
  });
}
