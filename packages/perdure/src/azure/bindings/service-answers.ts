/** What the services of storage answer: their clients throw errors with the status of HTTP. */
const statusOf = (error: unknown): number | null =>
  error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : null;

/** There is no such queue, container, blob or message. */
export const isAbsent = (error: unknown): boolean => statusOf(error) === 404;

/** Another process has it, or has changed it. */
const isTaken = (error: unknown): boolean => [409, 412].includes(statusOf(error) ?? 0);

/** A message whose receipt is no longer the last one, or which is not there any more. */
export const isGone = (error: unknown): boolean => isAbsent(error) || statusOf(error) === 400;

/** What `read` gives; null: there is none. */
export const ifThere = <T>(read: () => Promise<T>): Promise<T | null> => unless(isAbsent, read);

/** What `call` gives; null: another process has it, or was faster. */
export const ifFree = <T>(call: () => Promise<T>): Promise<T | null> => unless(isTaken, call);

async function unless<T>(isThat: (error: unknown) => boolean, call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (isThat(error)) return null;
    throw error;
  }
}

/** Sends to what is made when it turns out not to be there: it is asked for only then. */
export async function madeIfAbsent(send: () => Promise<unknown>, place: { createIfNotExists(): Promise<unknown> }): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!isAbsent(error)) throw error;
    await place.createIfNotExists();
    await send();
  }
}
