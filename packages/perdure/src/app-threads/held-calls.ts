import type { HeldCall } from "../model/held-call.ts";
import type { AppThread } from "./app-thread.ts";
import type { Call } from "./call.ts";

/** What of the engine's calls is on threads that take no messages. `lineOf`: undefined for one that is not held, or not yet for long. */
export const heldCalls = (threads: readonly AppThread[], lineOf: (thread: AppThread) => string | null | undefined): readonly HeldCall[] =>
  threads.flatMap((thread) => {
    const at = lineOf(thread);
    if (at === undefined) return [];
    const { running, begun } = thread;
    const all = begun.flatMap((call) => heldCall(call, call === running || begun.length === 1, at) ?? []);
    return all.toSorted((one, other) => Number(other.isHolder) - Number(one.isHolder));
  });

function heldCall({ work }: Call, isHolder: boolean, at: string | null): HeldCall | null {
  switch (work.kind) {
    case "episode":
    case "entity":
      return { instanceId: work.request.instanceId, eventId: null, isHolder, at };
    case "activity":
      return { instanceId: work.request.instanceId, eventId: work.request.eventId, isHolder, at };
    case "invocation":
      return null;
  }
}
