import { DEFAULT_WORKER_SETTINGS } from "../../engine/options.ts";

/** A drained worker lets activities finish, then writes and leaves; one that cannot do that in this time will never. What is left is a crash. */
export const DRAIN_LIMIT_MS = DEFAULT_WORKER_SETTINGS.drainMs + 5_000;
