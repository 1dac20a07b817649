export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  ((typeof value === "object" && value !== null) || typeof value === "function") && "then" in value && typeof value.then === "function";

/** A promise where a value is wanted is refused in words of our own: how it ends does not matter, and must not end the process. */
export function disown(promise: PromiseLike<unknown>): void {
  promise.then(
    () => {},
    () => {},
  );
}
