import type { AppThreads, AppThreadsOptions } from "./app-threads.ts";
import { ThreadsExecutor } from "./threads-executor.ts";
import { workerLine } from "./worker-line.ts";

/** Loads the app. Rejects with an error of the catalogue when it cannot be loaded. */
export async function startAppThreads(options: AppThreadsOptions): Promise<AppThreads> {
  const threads = new ThreadsExecutor({ startLine: workerLine(options.memoryMb, options.sourceLine), ...options });
  await threads.load();
  return threads;
}
