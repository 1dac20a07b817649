import type { Clock, Ids, Scheduler } from "./clock.ts";
import { guarded } from "./defects.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { clearImmediateNow, setImmediateNow } from "./real-globals.ts";
import { runAfter } from "./timers.ts";

export const realClock: Clock = { monotonicMs: () => performance.now(), busyMs: () => performance.eventLoopUtilization().active };

/** Timers keep the process alive only while `ref` is true: a worker does, a pure client does not. */
export function realScheduler(ref: boolean): Scheduler {
  return {
    after: (ms, task) => runAfter(ms, guarded(task), ref),
    soon(task) {
      const immediate = setImmediateNow(guarded(task));
      return () => clearImmediateNow(immediate);
    },
  };
}

/** Both, for what needs no other time. */
export const realTime = { clock: realClock, scheduler: realScheduler(true) } as const;

/** Random bytes in blocks: one call of the generator for 256 ids costs 0.1 µs an id, one call each 1 µs. */
const BLOCK_IDS = 256;

export function realIds(): Ids {
  let block = Buffer.alloc(0);
  let used = 0;
  const guid = () => {
    if (used === block.length) {
      block = nodeCrypto().randomBytes(16 * BLOCK_IDS);
      used = 0;
    }
    used += 16;
    return block.toString("hex", used - 16, used);
  };
  return {
    guid,
    orderedGuid() {
      const random = guid();
      const time = Date.now().toString(16).padStart(12, "0");
      return `${time}7${random.slice(13, 16)}8${random.slice(17)}`;
    },
  };
}
