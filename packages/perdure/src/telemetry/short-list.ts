const MOST = 3;

/** Names in the middle of a message: the first ones, and how many more there are. */
export const shortList = (names: readonly string[]): string =>
  names.length <= MOST ? names.join(", ") : `${names.slice(0, MOST).join(", ")} and ${names.length - MOST} more`;
