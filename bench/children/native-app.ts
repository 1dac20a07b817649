import { activity, orchestrator } from "perdure";

/** The app whose functions run on a thread: those that run in this process otherwise. */
export { fanOut, hello, long, sayHello, square, tick } from "../lib/systems/perdure.ts";

/** Keeps its whole thread from everything else. */
export const block = activity("block", (ms: number) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
});

export const blocks = orchestrator("blocks", (ctx, ms: number) => ctx.callActivity(block, ms));
