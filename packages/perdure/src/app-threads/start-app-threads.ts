import { keepObjectsYoung } from "../process/young-objects.ts";
import type { AppThreads, AppThreadsOptions } from "./app-threads.ts";
import { ThreadsExecutor } from "./threads-executor.ts";
import { workerLine } from "./worker-line.ts";

/** Loads the app. Rejects with an error of the catalogue when it cannot be loaded. */
export async function startAppThreads(options: AppThreadsOptions): Promise<AppThreads> {
  keepObjectsYoung();
  const { isolation = "thread", memoryMb, sourceLine } = options;
  const lineOf = isolation === "thread" ? workerLine : (await import("./process-line.ts")).processLine;
  const threads = new ThreadsExecutor({ ...options, startLine: lineOf(memoryMb, sourceLine) });
  await threads.load();
  return threads;
}
