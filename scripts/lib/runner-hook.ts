// To be imported before anything that calls `test`, `suite` or `after` of node:test.
import type { AsyncHook } from "node:async_hooks";
import { createHook } from "node:async_hooks";

/**
 * Node's runner follows every promise of its process from its making to its collection, to know which test a call of `test`, `after` or `before` belongs to:
 * 10 to 14 % of what tests cost that mostly await (2026-11-29, Node 26.10). Such calls are made while files are loaded, so here it does that only then. What
 * is lost: an exception that nothing catches is not put down to its test. It is printed, and the process fails.
 */
const prototype: Pick<AsyncHook, "enable"> = Object.getPrototypeOf(createHook({}));
const { enable } = prototype;
const hooks: AsyncHook[] = [];
prototype.enable = function (this: AsyncHook) {
  hooks.push(this);
  return enable.call(this);
};
process.on("uncaughtException", (error) => console.error(error));

/** The function of the next suite, which loads a file. */
export function loading(load: () => Promise<unknown>): () => Promise<void> {
  for (const hook of hooks) enable.call(hook);
  return async () => {
    prototype.enable = enable; // the runner has begun
    try {
      await load();
    } finally {
      for (const hook of hooks) hook.disable();
    }
  };
}
