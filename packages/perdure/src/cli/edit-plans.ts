import type { EditPlan } from "../functions/rerun-types.ts";
import { isoTime } from "../model/time.ts";
import { visible } from "../model/visible-text.ts";
import type { ManagementDoor } from "./management-door.ts";
import { counted } from "./render.ts";
import { checkStatus, readJson } from "./wire.ts";

/** What a rewind or a fork does, of a dry run; else the id alone. */
export type ShownPlan = Pick<EditPlan, "instanceId"> & Partial<EditPlan>;

export async function rewindOne(
  door: ManagementDoor,
  id: string,
  { reason, dryRun }: { readonly reason: string | undefined; readonly dryRun: boolean },
): Promise<ShownPlan | "notFound" | "notFailed"> {
  const path = `/instances/${encodeURIComponent(id)}/rewind`;
  const response = await door.send({ method: "POST", path, query: { reason, dryRun: dryRun ? "true" : undefined } });
  if (response.status === 404) return "notFound";
  if (response.status === 412) return "notFailed";
  await checkStatus(response, `The rewind of "${id}"`, [dryRun ? 200 : 202]);
  return dryRun ? readJson<EditPlan>(response) : { instanceId: id };
}

/** For people, a line for each thing. */
export function planLines(plan: ShownPlan, indent = ""): string {
  const { instanceId, activities = [], timers = [], droppedEpisodes = 0, rewinds = [] } = plan;
  const inner = `${indent}  `;
  return [
    `${indent}${visible(instanceId)}\n`,
    ...activities.map(({ eventId, name }) => `${inner}runs activity ${visible(name)} (event ${eventId})\n`),
    ...timers.map(({ eventId, fireAt }) => `${inner}timer ${eventId} fires at ${isoTime(fireAt)}\n`),
    ...(droppedEpisodes === 0 ? [] : [`${inner}${counted(droppedEpisodes, "episode")} taken back\n`]),
    ...rewinds.map((one) => planLines(one, inner)),
  ].join("");
}
