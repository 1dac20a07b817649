import { ApiError } from "../api/client.ts";

const NOT_FOUND = 404;

/** What is asked for is not there. */
export const isMissing = (error: Error): boolean => error instanceof ApiError && error.status === NOT_FOUND;

/** What to do about it, where that is more than its message says. */
export const hintOf = (error: Error): string | null => (error instanceof ApiError ? error.hint : null);

/** What went wrong, in words. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
