import type { Action } from "../model/action.ts";

/**
 * The first action whose number does not rise, and the number before it; null: all do. By their numbers results find the calls that wait for them, so
 * a number that is given twice would settle the wrong one, in every replay.
 */
export function firstMisnumbered(last: number, actions: readonly Action[]): { readonly action: Action; readonly after: number } | null {
  let after = last;
  for (const action of actions) {
    if (action.kind === "cancelTimer" || action.kind === "markPatch" || action.kind === "releaseLock") continue;
    if (!(action.id > after) || !Number.isSafeInteger(action.id)) return { action, after };
    after = action.id;
  }
  return null;
}
