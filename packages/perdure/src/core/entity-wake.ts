import { isDelayed, isOfHolder } from "./entity-item.ts";
import { isRemembered, REMEMBERED_MS } from "./message-ids.ts";
import type { EntityInstance } from "./state.ts";

/** A row that says nothing stays for a minute after its last change: what comes meanwhile finds it. */
const EMPTY_REST_MS = 60_000;

/**
 * When a worker must look at the entity, if no message comes: `"now"` when a batch ended before something that is held and may go, else when the
 * first signal is due. Locked, it waits for the release. One without a state stays for the ids that it remembers, or for a minute, and then goes.
 */
export function entityWake({ clock, entity: { value, notes, held } }: EntityInstance): number | "now" | null {
  const { lock, seen } = notes;
  let due: number | null = null;
  for (const { message } of held) {
    const isOp = message.kind === "entityOp";
    if (isOp && isDelayed(message)) due = Math.min(due ?? message.due, message.due);
    else if (lock === null || (isOp && isOfHolder(lock.key, message))) return "now";
  }
  if (lock !== null) return null;
  if (due !== null || value !== null) return due;
  const last = seen.at(-1);
  return last === undefined ? clock + EMPTY_REST_MS : last.at + REMEMBERED_MS;
}

/** Its row says nothing that has to be kept. */
export function isEmptyEntity({ entity: { value, notes, held } }: EntityInstance, now: number): boolean {
  return value === null && notes.lock === null && held.length === 0 && !notes.seen.some((one) => isRemembered(one, now));
}
