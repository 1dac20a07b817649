import type { AppThread } from "./app-thread.ts";
import type { Reload } from "./app-threads.ts";
import type { AppInfo } from "./guest.ts";

interface Loading {
  readonly accepts: Reload["accepts"];
  readonly resolve: (info: AppInfo) => void;
  readonly reject: (error: Error) => void;
}

/** Threads whose loading of the app someone waits for: at the start, and when it is loaded again. */
export class Loadings {
  readonly #open = new Map<AppThread, Loading>();

  wait(thread: AppThread, accepts?: Reload["accepts"]): Promise<AppInfo> {
    return new Promise((resolve, reject) => this.#open.set(thread, { resolve, reject, accepts }));
  }

  /** Rejects when what the thread has loaded is not wanted. */
  async accept(thread: AppThread, info: AppInfo): Promise<void> {
    await this.#open.get(thread)?.accepts?.(info);
  }

  done(thread: AppThread, info: AppInfo): void {
    this.#take(thread)?.resolve(info);
  }

  /** Who waits is told, and no other thread is started in its place. False: it was not waited for. */
  failed(thread: AppThread, error: Error): boolean {
    const loading = this.#take(thread);
    if (loading === undefined) return false;
    thread.isRetired = true;
    loading.reject(error);
    return true;
  }

  #take(thread: AppThread): Loading | undefined {
    const loading = this.#open.get(thread);
    this.#open.delete(thread);
    return loading;
  }
}
