import { fault } from "../../errors/perdure-error.ts";
import { countOption, optional, parseOptions } from "../../model/options.ts";

/** Called once for each item, in their order. What it gives may be a task, a promise of several steps, or a value. */
export type ForItem = (item: unknown, index: number) => unknown;

const WHERE = "ctx.map";

/** As `Promise.all(items.map(forItem))`, with at most `concurrency` items under way. Throws CALL_INVALID and option errors at the call. */
export function mapItems(items: readonly unknown[], forItem: ForItem, options: unknown): Promise<unknown[]> {
  if (!Array.isArray(items)) throw fault("CALL_INVALID", WHERE, "it takes a list of items");
  if (typeof forItem !== "function") throw fault("CALL_INVALID", WHERE, "it takes a function that is called for each item");
  const concurrency = optional(parseOptions(options, ["concurrency"], WHERE), "concurrency", WHERE, countOption);
  return inLanes([...items], forItem, concurrency ?? items.length);
}

/**
 * The first failure is the failure of all, at once, and no item is begun after it. Each lane takes the next item when its last one has settled. Tasks settle in
 * the order of the events of the history, so a replay begins the items in the same order.
 */
async function inLanes(items: readonly unknown[], forItem: ForItem, lanes: number): Promise<unknown[]> {
  const results = new Array<unknown>(items.length);
  let next = 0;
  let hasFailed = false;
  const lane = async (): Promise<void> => {
    while (next < items.length && !hasFailed) {
      const index = next++;
      try {
        results[index] = await forItem(items[index], index);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  return results;
}
