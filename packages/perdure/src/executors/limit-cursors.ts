import type { EpisodeRequest, Executor } from "../model/executor.ts";
import type { InstanceNo } from "../model/ids.ts";
import { wrapExecutor } from "./wrap-executor.ts";

/**
 * Bounds what the cursors of an executor hold in memory, by what its answers say of them (`cursorBytes`): the one that ran longest ago is forgotten first,
 * and costs its instance one replay.
 */
export function limitCursors(inner: Executor, maxBytes: number): Executor {
  /** In the order of their last episodes. */
  const held = new Map<InstanceNo, number>();
  /** The latest attempt of each instance that runs; the answer of one that is not in here any more says nothing of a cursor. */
  const running = new Map<InstanceNo, EpisodeRequest>();
  let total = 0;
  const drop = (no: InstanceNo): void => {
    total -= held.get(no) ?? 0;
    held.delete(no);
  };
  const evict = (): void => {
    for (const no of held.keys()) {
      if (total <= maxBytes) return;
      if (running.has(no)) continue;
      drop(no);
      inner.forget(no);
    }
  };
  return wrapExecutor(inner, {
    runEpisode: async (request) => {
      const { no } = request;
      running.set(no, request);
      try {
        const result = await inner.runEpisode(request);
        if (running.get(no) !== request || result.kind !== "ran" || result.cursorBytes === undefined) return result;
        drop(no);
        if (result.outcome === null) {
          held.set(no, result.cursorBytes);
          total += result.cursorBytes;
        }
        return result;
      } finally {
        if (running.get(no) === request) running.delete(no);
        evict();
      }
    },
    forget: (no) => {
      running.delete(no);
      drop(no);
      inner.forget(no);
    },
  });
}
