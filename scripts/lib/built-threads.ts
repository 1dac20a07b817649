// Imported first in a process of the gate that runs test files: there threads of stores load the file of them in the built package. A hub on a file is opened for
// 28 ms of processor time then, and for 70 when its threads load forty sources.
import { existsSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import threads from "node:worker_threads";
import { PACKAGE } from "./paths.ts";

/** Of the sources, as the app that it loads. */
const SOURCES_ONLY: ReadonlySet<string> = new Set(["thread-main"]);

/** Where that thread is in the package; the entry itself if it is not there. */
function builtEntry(entry: string | URL): string | URL {
  const name = /\/packages\/perdure\/src\/.*\/([a-z-]+)\.ts$/.exec(String(entry))?.[1];
  const built = `${PACKAGE}/dist/lib/${name}.js`;
  return name !== undefined && !SOURCES_ONLY.has(name) && existsSync(built) ? built : entry;
}

class BuiltThread extends threads.Worker {
  constructor(entry: string | URL, options?: threads.WorkerOptions) {
    super(builtEntry(entry), options);
  }
}

if (process.env.TESTS_RUN_DIST !== undefined) {
  threads.Worker = BuiltThread;
  syncBuiltinESMExports();
}
