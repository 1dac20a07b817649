import { get, post } from "../api/client.ts";
import type { Doing, InstanceList } from "../api/wire.ts";
import type { Counted } from "../model/numbers.ts";

/** Ids that a host takes at once. */
export const MOST_DOING = 50;
const MOST_COUNTED = 100;

/** What each of them is doing: for that its history is folded. */
export async function readDoing(ids: readonly string[], signal: AbortSignal): Promise<readonly Doing[]> {
  const all: Doing[] = [];
  for (let at = 0; at < ids.length; at += MOST_DOING)
    all.push(...(await post<readonly Doing[]>("/instances/doing", { ids: ids.slice(at, at + MOST_DOING) }, signal)));
  return all;
}

/** How many of the newest open ones wait for an event; there may be more where there are more open ones. No store has an index for it. */
export async function countWaiting(signal: AbortSignal): Promise<Counted> {
  const { rows, cursor } = await get<InstanceList>("/instances", { open: true, limit: MOST_COUNTED }, signal);
  const doing = await readDoing(
    rows.map(({ id }) => id),
    signal,
  );
  return { n: doing.filter(({ kind }) => kind === "event").length, isExact: cursor === null };
}
