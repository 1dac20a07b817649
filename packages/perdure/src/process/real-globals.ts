/** The originals, taken before anything is patched: the engine's own use never meets a guard. */
export const nextTick = process.nextTick.bind(process);
export const setImmediateNow = globalThis.setImmediate;
export const setTimeoutNow = globalThis.setTimeout;
export const clearImmediateNow = globalThis.clearImmediate;
export const RealDate = globalThis.Date;
