/** How often it is looked whether threads take messages. They raise their counters as often. */
export const LOOK_EVERY_MS = 250;

/** Looks in a row at which a thread with calls has taken no message, until … another one is started beside it: 0.75 s. */
export const SPARE_AFTER = 3;
/** … it counts as held, and what it has not begun runs elsewhere: 1 s. */
export const HELD_AFTER = 4;
/** … the log has the line that holds it: 2 s. */
export const TOLD_AFTER = 8;

/** Looks without a thread that is held, after which messages are taken together again: 1 minute. */
export const ONE_BY_ONE_FOR = 240;

/** So many looks. */
export const looks = (ms: number): number => ms / LOOK_EVERY_MS;
