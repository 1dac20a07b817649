/** Markers of a worker's last batches that stay (contract: `readMarker`). */
export const MARKERS_KEPT = 1_000;

/** Markers of workers that are gone stay this long: whoever waits for the answer to a last batch may still read it. */
export const MARKERS_OF_THE_GONE_MS = 3_600_000;

/** Rows freed at once by a sweep that meets the leavings of a dead worker. */
export const SWEEP_SLICE = 500;
