import type { Declined } from "./executor.ts";

/** The executor is there, and no place of it: long enough for one that comes back, then it is for others. */
export const NO_PLACE: Declined = { kind: "declined", retryAfterMs: 5_000, elsewhere: true };
