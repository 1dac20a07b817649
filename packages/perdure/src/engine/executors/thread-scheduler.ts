import { clearTimeoutNow, setImmediateNow, setTimeoutNow } from "../../replay/real-globals.ts";
import type { Scheduler } from "../clock.ts";

/** The longest delay a Node timer can hold (24.8 days); longer ones go in hops. */
const LONGEST_MS = 2 ** 31 - 1;

/** Timers of this thread. */
export const threadScheduler: Scheduler = {
  after(ms, task) {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      const hop = Math.min(left, LONGEST_MS);
      timer = setTimeoutNow(() => (left > hop ? wait(left - hop) : task()), hop);
    };
    wait(ms);
    return () => clearTimeoutNow(timer);
  },
  soon(task) {
    setImmediateNow(task);
  },
};
