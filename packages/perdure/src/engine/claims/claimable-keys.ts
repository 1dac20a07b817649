import type { QueueKeys } from "../../model/function-kind.ts";
import type { Engine } from "../engine.ts";

type Parts = Pick<Engine, "dispatcher" | "fleet" | "unoffered">;

/** The functions of this worker that have places, and those that nobody has had for this long that somebody must say so. `waiting`: what waits in the store. */
export function claimableKeys({ dispatcher, fleet, unoffered }: Parts, waiting: QueueKeys): QueueKeys {
  const instances = fleet.takesAny("instances") ? [...new Set([...fleet.keys.instances, ...waiting.instances])] : fleet.keys.instances;
  const tasks = fleet.takesAny("tasks") ? [...new Set([...fleet.keys.tasks, ...waiting.tasks])] : fleet.keys.tasks;
  const { forsaken } = unoffered;
  const room = dispatcher.roomOfEach;
  const open = dispatcher.notTurnedAway(room === null ? tasks : tasks.filter((key) => room[key] !== 0));
  if (forsaken.instances.length + forsaken.tasks.length === 0) return { instances, tasks: open };
  return { instances: [...instances, ...forsaken.instances], tasks: [...open, ...forsaken.tasks] };
}
