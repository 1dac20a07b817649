import { isDelayed, isOfHolder } from "./entity-item.ts";
import { isRemembered, REMEMBERED_MS } from "./entity-plan.ts";
import type { EntityInstance } from "./state.ts";

/**
 * When a worker must look at the entity, if no message comes: `"now"` when a batch ended before something that is held and may go, else when the
 * first signal is due. Locked, it waits for the release. One without a state stays for the ids that it remembers, and no longer.
 */
export function entityWake({ entity: { value, notes, held } }: EntityInstance): number | "now" | null {
  const { lock, seen } = notes;
  let due: number | null = null;
  for (const { message } of held) {
    const isOp = message.kind === "entityOp";
    if (isOp && isDelayed(message)) due = Math.min(due ?? message.due, message.due);
    else if (lock === null || (isOp && isOfHolder(lock.key, message))) return "now";
  }
  if (lock !== null) return null;
  const last = seen.at(-1);
  return due ?? (value === null && last !== undefined ? last.at + REMEMBERED_MS : null);
}

/** Its row says nothing that has to be kept. */
export function isEmptyEntity({ entity: { value, notes, held } }: EntityInstance, now: number): boolean {
  return value === null && notes.lock === null && held.length === 0 && !notes.seen.some((one) => isRemembered(one, now));
}
