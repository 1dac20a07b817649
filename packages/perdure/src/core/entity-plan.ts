import type { EntityLock, EntityOp, EntityPurge, LockKey } from "../model/entity-message.ts";
import type { SeenMessage } from "../model/entity-notes.ts";
import type { Message } from "../model/message.ts";
import type { Payload } from "../model/payload.ts";
import { DueQueue } from "./entity-due.ts";
import type { HoldableItem, Item } from "./entity-item.ts";
import { isDelayed, isDelayedItem, isOfHolder, isOp, isSameLock } from "./entity-item.ts";
import { isRemembered } from "./message-ids.ts";
import type { EntityInstance, EntityState, HeldMessage } from "./state.ts";

/**
 * What a batch will do with an entity, made before user code runs: what a step does to the lock never depends on what an operation returns. The
 * executor may run fewer operations; the steps from the first that did not run on have not happened then (`applyEntityBatch`).
 */
export interface EntityPlan {
  /**
   * The entity's time, ms: never earlier than its clock, nor than any operation's `due`. One that was past due by the clock of the worker that accepted
   * it may still be ahead of this worker's: clocks of workers differ, and are set.
   */
  readonly at: number;
  /** The state that the operations begin with. */
  readonly value: Payload | null;
  readonly steps: readonly EntityStep[];
  /** To be run, in this order: their places in the request to the executor. */
  readonly operations: readonly PlannedOperation[];
}

export interface PlannedOperation {
  readonly op: EntityOp;
  /** Of its message among those of the batch; null: it was held before, so it is durable. */
  readonly index: number | null;
}

export type EntityStep =
  | { readonly kind: "run"; readonly item: Item<EntityOp>; readonly operation: number }
  /** It takes the lock, and the request goes to the next entity of the section, or the grant to the holder. */
  | { readonly kind: "lock"; readonly item: Item<EntityLock> }
  /** It gives the lock back, and the release goes to the next entity. */
  | { readonly kind: "unlock"; readonly item: Item<EntityLock> }
  /** A release that finds its request still held takes it out; none is on its way to later entities. */
  | { readonly kind: "withdraw"; readonly item: Item<EntityLock>; readonly request: HoldableItem }
  | { readonly kind: "hold"; readonly item: HoldableItem }
  | { readonly kind: "purge"; readonly item: Item<EntityPurge> }
  /** An operator sets it aside: it fails without having run. */
  | { readonly kind: "skip"; readonly item: Item<EntityOp>; readonly reason: string | null; readonly by: string | null }
  /** A release that finds neither (an operator took the lock away): the entities behind this one may still be locked. */
  | { readonly kind: "pass"; readonly item: Item<EntityLock> }
  /** A second signal with the same id, a message that no entity understands. */
  | { readonly kind: "drop"; readonly item: Item<Message> };

const MOST_OPERATIONS = 1_000;

/** `mostOperations`: 1 for an entity that may have killed its process. */
export function planEntity(
  { entity, clock }: EntityInstance,
  messages: readonly Message[],
  now: number,
  mostOperations: number = MOST_OPERATIONS,
): EntityPlan {
  const planner = new Planner(entity, now, Math.max(now, clock), mostOperations);
  planner.walk(messages);
  const at = planner.operations.reduce((latest, { op }) => Math.max(latest, op.due ?? latest), Math.max(now, clock));
  return { at, value: entity.value, steps: planner.steps, operations: planner.operations };
}

/** One pass over what is held and what is new; keeps what the steps so far change, so that the state itself stays untouched. */
class Planner {
  readonly steps: EntityStep[] = [];
  readonly operations: PlannedOperation[] = [];
  readonly #now: number;
  readonly #at: number;
  readonly #most: number;
  readonly #seen: readonly SeenMessage[];
  #ids: Set<string> | null = null;
  #lock: LockKey | null;
  /** Held for the lock, in order of arrival. */
  #behind: HoldableItem[] = [];
  /** Held until they are due. */
  readonly #due = new DueQueue();
  /** An operator has purged it: operations that wait before that are not run, since one of them may be why. */
  #isPurged = false;
  /** Nothing further happens in this batch. */
  #ended = false;

  constructor(entity: EntityState, now: number, at: number, mostOperations: number) {
    this.#now = now;
    this.#at = at;
    this.#most = mostOperations;
    this.#lock = entity.notes.lock?.key ?? null;
    this.#seen = entity.notes.seen;
    for (const held of entity.held) this.#keep(heldItem(held));
  }

  walk(messages: readonly Message[]): void {
    this.#isPurged = messages.some(isPurge);
    this.#offerAgain();
    for (const [index, message] of messages.entries()) {
      this.#runDueUpTo(message.ts);
      if (this.#ended) return;
      this.#accept(message, index);
      if (this.#ended) return;
    }
    this.#runDueUpTo(this.#now);
  }

  #accept(message: Message, index: number): void {
    switch (message.kind) {
      case "entityOp": {
        const item = { message, index, place: null };
        if (this.#isDouble(message)) this.#add({ kind: "drop", item });
        else if (isDelayed(message)) this.#hold(item);
        else this.#offer(item);
        return;
      }
      case "entityLock":
        this.#offer({ message, index, place: null });
        return;
      case "entityRelease":
        this.#release({ message, index, place: null });
        return;
      case "entityPurge":
        this.#add({ kind: "purge", item: { message, index, place: null } });
        this.#ended = true; // what comes after it sees another state: it is for the next batch
        return;
      default:
        this.#add({ kind: "drop", item: { message, index, place: null } });
    }
  }

  /** Runs or takes what may go now; holds it otherwise. */
  #offer(item: HoldableItem): void {
    if (!this.#mayGo(item)) {
      this.#hold(item);
    } else if (isOp(item)) {
      this.#run(item);
    } else {
      this.#lock = item.message.lock;
      this.#add({ kind: "lock", item });
    }
  }

  #mayGo(item: HoldableItem): boolean {
    if (this.#isPurged && isOp(item)) return false;
    return this.#lock === null || (isOp(item) && isOfHolder(this.#lock, item.message));
  }

  #run(item: Item<EntityOp>): void {
    if (this.operations.length >= this.#most) {
      this.#ended = true;
      return;
    }
    this.#add({ kind: "run", item, operation: this.operations.length });
    this.operations.push({ op: item.message, index: item.index });
  }

  #hold(item: HoldableItem): void {
    this.#add({ kind: "hold", item });
    this.#keep(item);
  }

  #keep(item: HoldableItem): void {
    if (isDelayedItem(item)) this.#due.add(item);
    else this.#behind.push(item);
  }

  #release(item: Item<EntityLock>): void {
    const { lock } = item.message;
    if (this.#lock !== null && isSameLock(this.#lock, lock)) {
      this.#lock = null;
      this.#add({ kind: "unlock", item });
      this.#offerAgain();
      return;
    }
    const request = this.#behind.find(({ message }) => message.kind === "entityLock" && isSameLock(message.lock, lock));
    if (request === undefined) {
      this.#add({ kind: "pass", item });
      return;
    }
    this.#behind = this.#behind.filter((other) => other !== request);
    this.#add({ kind: "withdraw", item, request });
  }

  /** What waits behind a lock, in order of arrival: all until one of them takes the lock, then those of its holder. */
  #offerAgain(): void {
    const waiting = this.#behind;
    this.#behind = [];
    for (const item of waiting) {
      this.#runDueUpTo(item.message.ts);
      if (this.#ended) return;
      if (this.#mayGo(item)) this.#offer(item);
      else this.#behind.push(item);
    }
  }

  /** Delayed signals go before the first message that was accepted after they were due, and never early. */
  #runDueUpTo(ts: number): void {
    const until = Math.min(ts, this.#now);
    while (this.#lock === null && !this.#ended && !this.#isPurged) {
      const item = this.#due.takeDueBy(until);
      if (item === null) return;
      this.#run(item);
    }
  }

  #isDouble({ from, messageId }: EntityOp): boolean {
    if (from !== null || messageId === undefined) return false;
    this.#ids ??= new Set(this.#seen.filter((one) => isRemembered(one, this.#at)).map(({ id }) => id));
    if (this.#ids.has(messageId)) return true;
    this.#ids.add(messageId);
    return false;
  }

  #add(step: EntityStep): void {
    this.steps.push(step);
  }
}

/** Its mail has an operator's word that takes the state and what waits. */
export const isPurge = ({ kind }: Message): boolean => kind === "entityPurge";

function heldItem({ message, place }: HeldMessage): HoldableItem {
  return message.kind === "entityOp" ? { message, place, index: null } : { message, place, index: null };
}
