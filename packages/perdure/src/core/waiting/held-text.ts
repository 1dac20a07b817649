import type { EventId, InstanceId } from "../../model/ids.ts";
import type { HeldPlace } from "../../model/waiting-for.ts";
import type { WaitFacts } from "./facts.ts";

/** Null: that worker has not said that this call is on a held thread. */
export function heldPlace(
  { workers }: WaitFacts,
  worker: number | null,
  instanceId: InstanceId,
  eventId: EventId | null,
): HeldPlace | null {
  const said = workers.find((one) => one.worker === worker && one.isLive)?.load?.held ?? [];
  const found = said.find((call) => call.instanceId === instanceId && call.eventId === eventId);
  return found === undefined ? null : { isHolder: found.isHolder, at: found.at };
}

/** A predicate. Also of what comes from a host: `perdure why`. */
export const heldText = ({ isHolder, at }: HeldPlace): string =>
  `${isHolder ? "holds its thread" : "waits for its thread, which another call holds,"} at ${at ?? "a line that is not known"}`;
