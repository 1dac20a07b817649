import type { Isolation } from "../../../src/app-threads/app-threads.ts";
import type { FaultyApp } from "../../app-threads/faults.testsuite.ts";
import { openAzureThreads } from "./azure-thread-app.ts";
import { faultyFolder } from "./faulty-folder.ts";
import type { Release } from "./releases.ts";

/** With that release of the library. */
export const azureFaulty = (sdk: Release, isolation: Isolation = "thread"): FaultyApp => ({
  kind: `${sdk}, ${isolation}`,
  open: (options) => openAzureThreads(faultyFolder(sdk), { ...options, isolation }),
});
