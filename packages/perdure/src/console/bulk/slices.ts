import type { InspectedRow, InspectFilter, Inspector } from "../../client/inspect/types.ts";
import { isTerminal } from "../../model/status.ts";
import type { BulkAction } from "../wire.ts";

/** Which instances a run is about. */
export type Chosen = { readonly filter: InspectFilter } | { readonly ids: readonly string[] };

/**
 * So many at a time, each once. The filter is looked at again for each slice. The newest come first: what begins meanwhile, such as what a restart starts, is newer
 * and does not come.
 */
export async function* slicesOf(inspector: Inspector, chosen: Chosen, size: number): AsyncGenerator<readonly InspectedRow[]> {
  if ("ids" in chosen) {
    for (let at = 0; at < chosen.ids.length; at += size) yield await inspector.lookup(chosen.ids.slice(at, at + size));
    return;
  }
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Inspector["list"]>> = await inspector.list({
      ...chosen.filter,
      newestFirst: true,
      limit: size,
      ...(cursor === null ? {} : { cursor }),
    });
    yield page.rows;
    cursor = page.cursor;
  } while (cursor !== null);
}

/** False: it would be refused. What the row said may be over a moment later: that is found out by doing it. */
export function isFor(action: BulkAction, { status, stopped }: InspectedRow): boolean {
  switch (action) {
    case "raise-event":
    case "terminate":
      return !isTerminal(status);
    case "suspend":
      return !isTerminal(status) && status !== "Suspended";
    case "resume":
      return status === "Suspended" || stopped !== null;
    case "purge":
      return isTerminal(status);
    case "rewind":
      return status === "Failed";
    case "restart":
      return true;
  }
}
