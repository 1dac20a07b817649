import type { EntityLock, EntityOp } from "../model/entity-message.ts";
import type { EntityMessageHeld, HistoryEvent } from "../model/history.ts";
import type { HoldableItem } from "./entity-item.ts";
import type { HeldMessage } from "./state.ts";

/** What a history may have beyond four events for each held message, before a new generation begins with those alone. */
const SPARE_EVENTS = 256;

/** What is held, while the steps of a batch hold and take messages. Those that come and go within the batch leave no event. */
export class HeldAfter {
  readonly #before: readonly HeldMessage[];
  readonly #gone = new Set<number>();
  /** By their places among the messages of the batch. */
  readonly #added = new Map<number, EntityOp | EntityLock>();

  constructor(before: readonly HeldMessage[]) {
    this.#before = before;
  }

  get count(): number {
    return this.#before.length - this.#gone.size + this.#added.size;
  }

  hold({ index, message }: HoldableItem): void {
    if (index !== null) this.#added.set(index, message);
  }

  /** It is held no more, if it was. */
  take({ index, place }: HoldableItem): void {
    if (place !== null) this.#gone.add(place);
    if (index !== null) this.#added.delete(index);
  }

  /** No operation is held any more; requests for the lock are. */
  takeOperations(): readonly EntityOp[] {
    const operations: EntityOp[] = [];
    for (const { place, message } of this.#before) {
      if (message.kind !== "entityOp" || this.#gone.has(place)) continue;
      this.#gone.add(place);
      operations.push(message);
    }
    for (const [index, message] of this.#added) {
      if (message.kind !== "entityOp") continue;
      this.#added.delete(index);
      operations.push(message);
    }
    return operations;
  }

  /** The events of the batch, and whether a new generation begins with them. `recorded`: events of this generation so far. */
  events(ts: number, recorded: number): { readonly events: readonly HistoryEvent[]; readonly fresh: boolean } {
    const { count } = this;
    if (count === 0) return { events: [], fresh: recorded > 0 };
    const held = [...this.#added.values()].map((message) => heldAt(ts, message));
    const at = [...this.#gone];
    const events: HistoryEvent[] = at.length === 0 ? held : [{ kind: "EntityMessagesTaken", ts, at }, ...held];
    if (recorded + events.length <= 4 * count + SPARE_EVENTS) return { events, fresh: false };
    const kept = this.#before.filter(({ place }) => !this.#gone.has(place)).map(({ message }) => heldAt(ts, message));
    return { events: [...kept, ...held], fresh: true };
  }
}

const heldAt = (ts: number, message: EntityOp | EntityLock): EntityMessageHeld => ({ kind: "EntityMessageHeld", ts, message });
