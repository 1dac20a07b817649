import type { EventId } from "../model/ids.ts";
import { hasDeliverable } from "./fold.ts";
import type { InstanceState } from "./state.ts";

/**
 * When a worker must look at the instance if its owner died now (docs/design/ownership.md 2): `"now"` for unfinished work, the earliest open timer,
 * or null when only a message can move it. `withRow`: activities that have a task row and therefore wake the instance by a message.
 */
export function nextWake(state: InstanceState, withRow: ReadonlySet<EventId>): number | "now" | null {
  const timer = earliestTimer(state);
  if (hasLocalActivity(state, withRow)) return "now";
  if (state.suspended) return timer;
  if (!state.started) return state.generation === 0 && state.startAt !== null ? earlier(state.startAt, timer) : "now";
  return hasDeliverable(state.waiting) ? "now" : timer;
}

export function earliestTimer(state: InstanceState): number | null {
  let earliest: number | null = null;
  for (const fireAt of state.timers.values()) if (earliest === null || fireAt < earliest) earliest = fireAt;
  return earliest;
}

function hasLocalActivity(state: InstanceState, withRow: ReadonlySet<EventId>): boolean {
  if (state.activities.size > withRow.size) return true;
  for (const id of state.activities.keys()) if (!withRow.has(id)) return true;
  return false;
}

const earlier = (a: number, b: number | null) => (b === null ? a : Math.min(a, b));
