import { get, post } from "../api/client.ts";
import type { Doing, InstanceList } from "../api/wire.ts";
import type { Counted } from "../model/numbers.ts";
import { MOST_DOING } from "./list.ts";

/**
 * How many of the newest open ones wait for an event; there may be more where there are more open ones. No store has an index for it: each of them is folded, as
 * for a line of the list.
 */
export async function countWaiting(signal: AbortSignal): Promise<Counted> {
  let n = 0;
  let cursor: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const { rows, cursor: next }: InstanceList = await get<InstanceList>(
      "/instances",
      { open: true, limit: MOST_DOING, ...(cursor === null ? {} : { cursor }) },
      signal,
    );
    const ids = rows.map(({ id }) => id);
    const doing = ids.length === 0 ? [] : await post<readonly Doing[]>("/instances/doing", { ids }, signal);
    n += doing.filter(({ kind }) => kind === "event").length;
    cursor = next;
    if (cursor === null) break;
  }
  return { n, isExact: cursor === null };
}

const PAGES = 2;
