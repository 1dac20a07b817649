import type { ActivityRequest } from "./executor.ts";

/** Names an attempt for people, the same at each delivery. */
export const taskIdOf = ({ instanceId, generation, eventId }: Pick<ActivityRequest, "instanceId" | "generation" | "eventId">): string =>
  `${instanceId}:${generation}:${eventId}`;
