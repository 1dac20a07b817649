import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** Keeps its whole thread from everything else. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** What functions do to their thread, in native apps and in those for Azure. `gate`: a file that it waits for. */
export const faults: { readonly [fault: string]: (gate?: string) => unknown } = {
  block: (gate) => {
    while (gate === undefined || !existsSync(gate)) block(100);
  },
  loop: (gate) => {
    while (gate === undefined || !existsSync(gate));
  },
  /** `gate`: milliseconds. An orchestrator has no clock that moves. */
  "loop a while": (gate) => {
    for (let left = Number(gate); left > 0; left--) block(1);
  },
  "block a while": (gate) => block(Number(gate)),
  wait: async (gate) => {
    writeFileSync(`${gate}-asked`, "");
    await pause(600_000, undefined, { ref: false });
  },
  "loop for ever": () => {
    for (;;);
  },
  exit: () => process.exit(7),
  abort: () => process.abort(),
  // As the system ends a native add-on that touches what is not its own.
  crash: () => void process.kill(process.pid, "SIGSEGV"),
  "throw outside": async () => {
    setTimeout(() => {
      throw new RangeError("thrown outside of any await");
    }, 1);
    await pause(60_000);
  },
  "reject unhandled": async () => {
    void Promise.reject(new RangeError("rejected, and not awaited"));
    await pause(60_000);
  },
  "eat memory": async () => {
    const eaten: unknown[] = [];
    for (;;) {
      eaten.push(new Array(100_000).fill(eaten.length).map(String));
      await pause(0);
    }
  },
};

export interface Fault {
  readonly fault: string;
  readonly gate?: string;
  /** Of the entity that has it. */
  readonly key?: string;
}
