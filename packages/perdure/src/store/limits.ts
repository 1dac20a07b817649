/** Markers of a worker's last batches that stay (contract: `readMarker`). */
export const MARKERS_KEPT = 1_000;

/** Markers of workers that are gone stay this long: a process that waits for the answer to a last batch may still read it. */
export const MARKERS_OF_THE_GONE_MS = 3_600_000;

/**
 * History rows of earlier generations that one sweep deletes (about 10 µs each on a file, during which no other call writes). A generation that is
 * larger loses its last rows first: what is left of it is the beginning of a history at any moment.
 */
export const PAST_HISTORY_SLICE = 500;

/** Rows freed at once by a sweep that meets the leavings of a dead worker. */
export const SWEEP_SLICE = 500;

/** Instances that one answer to "which have ended since" names. */
export const MOST_ENDED = 10_000;

/** A transaction that commits later than this after it began may be missed by "which have ended since" (PostgreSQL). */
export const LATE_COMMIT_MS = 2_000;
