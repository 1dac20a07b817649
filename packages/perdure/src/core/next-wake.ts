import type { EventId } from "../model/ids.ts";
import { isFreshlyEdited } from "./edited.ts";
import { entityWake } from "./entity-wake.ts";
import { hasDeliverable } from "./fold.ts";
import type { InstanceState } from "./state.ts";
import { isEntity } from "./state.ts";

/**
 * When a worker must look at the instance if its owner died now (docs/design/ownership.md 2): `"now"` for unfinished work, the earliest open timer,
 * or null when only a message can move it. `withRow`: activities that have a task row and therefore wake the instance by a message.
 */
export function nextWake(state: InstanceState, withRow: ReadonlySet<EventId>): number | "now" | null {
  if (isEntity(state)) return entityWake(state);
  const timer = earliestTimer(state);
  if (!isFreshlyEdited(state) && hasLocalActivity(state, withRow)) return "now";
  if (state.suspended) return timer;
  if (!state.started) return state.generation === 0 && state.startAt !== null ? earlier(state.startAt, timer) : "now";
  return hasDeliverable(state.waiting) ? "now" : timer;
}

/** When an instance in memory gets a turn without a message. */
export function wakesAt(state: InstanceState): number | null {
  if (isEntity(state)) {
    const wake = entityWake(state);
    return wake === "now" ? null : wake;
  }
  const timer = earliestTimer(state);
  return !state.started && state.generation === 0 && state.startAt !== null ? earlier(state.startAt, timer) : timer;
}

/** It has something to do at `now`, which most need not know, whatever messages there are; a scheduled start has a time of its own. */
export function hasOwnWork(state: InstanceState, now: () => number): boolean {
  if (isEntity(state)) {
    const wake = entityWake(state);
    return wake === "now" || (wake !== null && wake <= now());
  }
  const isNewGeneration = !state.started && state.generation > 0 && !state.suspended;
  const timer = earliestTimer(state);
  return isNewGeneration || (timer !== null && timer <= now());
}

function earliestTimer(state: InstanceState): number | null {
  if (state.timers.size === 0) return null;
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
