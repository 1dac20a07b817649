/** How often it is looked whether threads take messages. They raise their counters as often. */
export const LOOK_EVERY_MS = 250;

/** Looks in a row at which a thread with calls has taken no message, until … another one is started beside it: 0.75 s. */
export const SPARE_AFTER = 3;
/** … it counts as held, and what it has not begun runs elsewhere: 1 s. */
export const HELD_AFTER = 4;
/** … the log has the line that holds it: 2 s. */
export const TOLD_AFTER = 8;

/** So many looks. */
export const looks = (ms: number): number => ms / LOOK_EVERY_MS;
