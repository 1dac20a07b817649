/** What the services of storage answer: their clients throw errors with the status of HTTP. */
const statusOf = (error: unknown): number | null =>
  error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : null;

/** There is no such queue, container, blob or message. */
export const isAbsent = (error: unknown): boolean => statusOf(error) === 404;

/** Another process has it, or has changed it. */
export const isTaken = (error: unknown): boolean => [409, 412].includes(statusOf(error) ?? 0);

/** A message whose receipt is no longer the last one, or which is not there any more. */
export const isGone = (error: unknown): boolean => isAbsent(error) || statusOf(error) === 400;

/** What `read` gives; null: there is none. */
export async function ifThere<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
