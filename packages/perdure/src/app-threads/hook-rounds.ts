import { nodeCrypto } from "../process/node-crypto.ts";
import { errorFromFailure } from "../replay/failures/failure-of.ts";
import type { AppThread } from "./app-thread.ts";
import { Call } from "./call.ts";
import type { AppInfo, InvocationResult } from "./guest.ts";

/** What an app does at its start and stop, in each of its threads: what it opens belongs to the thread. */
export class HookRounds {
  /** Null: the start has not come to it yet. */
  #runsWorker: boolean | null = null;
  /** Of threads that have loaded the app, and not begun their stop. */
  readonly #hooks = new WeakMap<AppThread, AppInfo["hooks"]>();

  /** On a thread that has just loaded the app, before it gets work. */
  async startOn(thread: AppThread, { hooks }: AppInfo): Promise<void> {
    this.#hooks.set(thread, hooks);
    if (this.#runsWorker !== null) await this.#start(thread, this.#runsWorker);
  }

  async startAll(threads: readonly AppThread[], runsWorker: boolean): Promise<void> {
    this.#runsWorker = runsWorker;
    const ready = threads.filter(({ life }) => life === "ready");
    for (const thread of ready) await this.#start(thread, runsWorker);
  }

  async stopAll(threads: readonly AppThread[]): Promise<void> {
    await Promise.all(threads.map((thread) => this.stopOn(thread)));
  }

  /** Once. What fails there was logged there. */
  async stopOn(thread: AppThread): Promise<void> {
    const hooks = this.#hooks.get(thread) ?? [];
    this.#hooks.delete(thread);
    if (this.#runsWorker !== null && hooks.includes("stop")) await invoke(thread, "stop", this.#runsWorker);
  }

  async #start(thread: AppThread, runsWorker: boolean): Promise<void> {
    if (this.#hooks.get(thread)?.includes("start") !== true) return;
    const result = await invoke(thread, "start", runsWorker);
    if (result.kind === "failed") throw errorFromFailure(result.failure);
    if (result.kind === "lost") throw new Error(`its thread has ended: ${result.reason}`);
  }
}

async function invoke(thread: AppThread, on: "start" | "stop", runsWorker: boolean): Promise<InvocationResult> {
  const id = nodeCrypto().randomUUID();
  const call = new Call<"invocation">({ kind: "invocation", request: { kind: "hook", id, on, runsWorker } });
  if (!thread.run(call)) return { kind: "lost", reason: "it has no room" };
  return call.answer;
}
