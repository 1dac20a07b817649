import type { EntityLock, EntityOp, LockKey } from "../model/entity-message.ts";

/**
 * A message on its way through a batch of an entity. One of `index` (its place among the messages of the batch) and `place` (that of a held one) is
 * set: it names the message.
 */
export interface Item<Body> {
  readonly message: Body;
  readonly index: number | null;
  readonly place: number | null;
}

/** What can be held. */
export type HoldableItem = Item<EntityOp> | Item<EntityLock>;

/** A signal that was sent ahead of its time. One that was due when it was sent keeps its place among the messages of its sender. */
export type DelayedOp = EntityOp & { readonly due: number };

export const isOp = (item: HoldableItem): item is Item<EntityOp> => item.message.kind === "entityOp";

export const isDelayed = (op: EntityOp): op is DelayedOp => op.due !== null && op.due > op.ts;

export const isDelayedItem = (item: HoldableItem): item is Item<DelayedOp> => isOp(item) && isDelayed(item.message);

export const isSameLock = (a: LockKey, b: LockKey): boolean => a.no === b.no && a.generation === b.generation && a.id === b.id;

/** Of the holder itself, also if it sent it before it asked for the lock: a call inside the section must not overtake that. */
export const isOfHolder = ({ no }: LockKey, { from, sender }: EntityOp): boolean => (from === null ? sender : from.no) === no;
