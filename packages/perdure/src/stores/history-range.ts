import type { HistoryChunk } from "../store/rows.ts";

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
