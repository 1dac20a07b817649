/** How often it is looked whether threads take messages. They raise their counters as often. */
export const LOOK_EVERY_MS = 500;
/** Looks in a row at which a thread with calls has taken no message, and counts as held: 2 s. */
export const HELD_AFTER = 4;
