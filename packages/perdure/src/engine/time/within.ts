import type { Scheduler } from "../../process/clock.ts";

export type Within<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly error: unknown }
  /** It may still happen, but is no longer waited for. */
  | { readonly kind: "late" };

/** What becomes of a promise within this time. Never rejects. */
export function within<T>(scheduler: Scheduler, ms: number, promise: Promise<T>): Promise<Within<T>> {
  return new Promise((resolve) => {
    const cancel = scheduler.after(ms, () => resolve({ kind: "late" }));
    promise.then(
      (value) => {
        cancel();
        resolve({ kind: "done", value });
      },
      (error: unknown) => {
        cancel();
        resolve({ kind: "failed", error });
      },
    );
  });
}
