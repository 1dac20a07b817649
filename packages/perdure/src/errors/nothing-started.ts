/** A message without what only the start of a host has to say. */
export const withoutStart = (message: string): string => message.replace(/\s+Nothing was started\.[^\n]*$/, "");
