import { activity, orchestrator } from "perdure";

/** Keeps its whole thread from everything else. */
export const block = activity("block", (ms: number) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
});

export const blocks = orchestrator("blocks", (ctx, ms: number) => ctx.callActivity(block, ms));
