/** The oldest, a middle one and the newest of 3.x, by the names under which they are installed. */
export const RELEASES = ["durable-functions-3.0", "durable-functions-3.3", "durable-functions"] as const;
export type Release = (typeof RELEASES)[number];
