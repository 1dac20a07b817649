import { Worker } from "node:worker_threads";
import { pendingImport } from "../app-threads/pending-import.ts";
import { fault } from "../errors/perdure-error.ts";
import { timeWords } from "../errors/time-words.ts";
import { workerEntry } from "../worker-entry.ts";
import type { CommandIo } from "./command.ts";
import type { FromLoadWatch, LoadWatchData } from "./load-watch-data.ts";
import { LIMIT_MS } from "./load-watch-data.ts";
import { stillLoading } from "./load-words.ts";

/**
 * Loads code of an app in this process. One that computes for ever would hold it without a word: a thread beside it says after ten seconds where it computes, and ends
 * the process with an error after a minute. Rejects after that time where it awaits. `folder`: of an Azure app; null: what runs is the source.
 */
export async function loadedInTime<Loaded>(io: CommandIo, folder: string | null, load: () => Promise<Loaded>): Promise<Loaded> {
  const workerData: LoadWatchData = { args: io.args, folder };
  const watch = new Worker(workerEntry(import.meta.url, "./load-watch-thread"), {
    workerData,
    execArgv: [],
    env: {},
    name: "perdure-load",
  });
  try {
    return await Promise.race([load(), overdue(watch, io)]);
  } finally {
    await watch.terminate();
  }
}

/** Rejects when it is time; what is asked here is asked of a thread that computes for ever as well, and not answered there. */
function overdue(watch: Worker, io: CommandIo): Promise<never> {
  return new Promise((_, reject) => {
    watch.on("error", () => {}); // the app is loaded without it
    watch.on("message", (asked: FromLoadWatch) => {
      watch.postMessage(asked);
      const file = pendingImport();
      if (asked === "note") {
        const what = file === null ? "a function given to app.hook.appStart has not ended" : `"${file}" awaits something at its top level`;
        io.err(stillLoading(io.args, what));
      } else if (file === null) reject(fault("START_HOOK_FAILED", `it has not ended in ${timeWords(LIMIT_MS)}`, "app.hook.appStart"));
      else reject(fault("APP_IMPORT_FAILED", file, `what it awaits at its top level has not come in ${timeWords(LIMIT_MS)}`));
    });
    watch.unref();
  });
}
