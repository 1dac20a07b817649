import type { ActivityRequest, TaskKey } from "./executor.ts";

/** Names an attempt for people, the same at each delivery. */
export const taskIdOf = ({ instanceId, generation, eventId }: Pick<ActivityRequest, "instanceId" | "generation" | "eventId">): string =>
  `${instanceId}:${generation}:${eventId}`;

export const eventIdOf = (taskId: string): number => Number(taskId.slice(taskId.lastIndexOf(":") + 1));

/** Of one task among all of a hub. */
export const taskKeyText = ({ no, generation, eventId }: TaskKey): string => `${no}/${generation}/${eventId}`;

export const isSameTask = (one: TaskKey, other: TaskKey): boolean =>
  one.no === other.no && one.eventId === other.eventId && one.generation === other.generation;
