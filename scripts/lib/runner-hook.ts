// For a process that runs several test files. To be imported before anything that calls `test`, `suite` or `after` of node:test.
import type { AsyncHook } from "node:async_hooks";
import { AsyncResource, createHook } from "node:async_hooks";
import { suite, test } from "node:test";

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

/** Runs a test file as a suite, which has the hooks of the file, and ends when it has ended. */
export type RunFile = (name: string, timeout: number, load: () => Promise<unknown>) => Promise<void>;

/** One test around all of them: hooks of what is imported there, and not in a file, run after the last. */
export async function inOneProcess(run: (file: RunFile) => Promise<void>): Promise<void> {
  // A test may wait for what does not keep a process alive: alone, there is no next file that would not be run.
  const alive = setInterval(() => {}, 60_000);
  await test("files in one process", async () => {
    prototype.enable = enable; // the runner has begun
    const here = new AsyncResource("test files");
    await run((name, timeout, load) => {
      for (const hook of hooks) enable.call(hook);
      const loads = () => load().finally(() => hooks.map((hook) => hook.disable()));
      return here.runInAsyncScope(() => suite(name, { timeout }, async () => void (await loads())));
    });
  });
  clearInterval(alive);
}
