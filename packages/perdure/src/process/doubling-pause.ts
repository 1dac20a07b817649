/** Pauses between attempts that fail: each twice as long as the one before it, up to the longest. */
export interface Pauses {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The pause after `failures` pauses: 0 gives the first. */
export function doublingPauseMs({ firstMs, longestMs }: Pauses, failures: number): number {
  return Math.min(firstMs * 2 ** failures, longestMs);
}

/** Between half of it and all of it: many that lost the same server do not all come back in the same moment. */
export function spreadOutMs(pauseMs: number): number {
  return pauseMs * (0.5 + Math.random() / 2);
}
