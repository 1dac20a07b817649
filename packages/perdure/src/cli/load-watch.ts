import { Worker } from "node:worker_threads";
import { abandonImport, pendingImport } from "../app-threads/pending-import.ts";
import { fault } from "../errors/perdure-error.ts";
import { timeWords } from "../errors/time-words.ts";
import { workerEntry } from "../worker-entry.ts";
import type { CommandIo } from "./command.ts";
import type { FromLoadWatch, LoadWatchData } from "./load-watch-data.ts";
import { LIMIT_MS } from "./load-watch-data.ts";
import { heldFault, stillLoading } from "./load-words.ts";

/**
 * Loads code of an app in this process. One that computes for ever would hold it without a word: a thread beside it says after ten seconds where it computes, and
 * breaks it off after a minute. Rejects then, also where it awaits. `folder`: of an Azure app; null: what runs is the source.
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
    // In a turn of its own: what is broken off there is lost with all that called it in that turn.
    return await Promise.race([overdue(watch, io), Promise.resolve().then(load)]);
  } finally {
    await watch.terminate();
  }
}

/** Rejects when it is time. */
function overdue(watch: Worker, io: CommandIo): Promise<never> {
  return new Promise((_, reject) => {
    watch.on("error", () => {}); // the app is loaded without it
    watch.on("message", (told: FromLoadWatch) => {
      if (typeof told === "number") return watch.postMessage(told);
      if (typeof told === "object") {
        abandonImport();
        return reject(heldFault(told));
      }
      const file = pendingImport();
      if (told === "note") {
        const what = file === null ? "a function given to app.hook.appStart has not ended" : `"${file}" awaits something at its top level`;
        io.err(stillLoading(io.args, what));
      } else if (file === null) reject(fault("START_HOOK_FAILED", `it has not ended in ${timeWords(LIMIT_MS)}`, "app.hook.appStart"));
      else reject(fault("APP_IMPORT_FAILED", file, `what it awaits at its top level has not come in ${timeWords(LIMIT_MS)}`));
    });
    watch.unref();
  });
}
