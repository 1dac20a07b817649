import type { HistoryRangeParams } from "../store/history-range.ts";
import type { HistoryChunk } from "../store/rows.ts";

/** Place of the first event that is meant. */
export const firstOfRange = ({ from }: HistoryRangeParams, total: number): number => (from >= 0 ? from : Math.max(0, total + from));

/** Up to the row that makes `maxBytes` full, in characters: counting bytes would read all of it. */
export function untilFull(chunks: Iterable<HistoryChunk>, maxBytes: number): readonly HistoryChunk[] {
  const taken: HistoryChunk[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    taken.push(chunk);
    bytes += chunk.events.length;
    if (bytes >= maxBytes) break;
  }
  return taken;
}
