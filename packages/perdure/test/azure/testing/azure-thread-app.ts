import { builtEntryPoints, readAzureApp } from "../../../src/azure/azure-app.ts";
import type { Folder } from "../../../src/cli/testing/spawn-cli.ts";
import { workerEntry } from "../../../src/worker-entry.ts";
import type { ThreadAppOptions } from "../../app-threads/testing/thread-app.ts";
import { ThreadApp } from "../../app-threads/testing/thread-app.ts";

/** An Azure app on threads of the test's own process, which is the host. Its folder goes with it. */
export async function openAzureThreads(folder: Folder, more: ThreadAppOptions = {}): Promise<ThreadApp> {
  const { path } = folder;
  const { manifest, guest } = readAzureApp(path, { environment: process.env, port: null });
  const { functionTimeoutMs = guest.functionTimeoutMs ?? undefined } = more;
  const files = await builtEntryPoints(manifest, () => {});
  return ThreadApp.open({
    ...more,
    owns: folder,
    setup: {
      ...{ guest: workerEntry(import.meta.url, "../../../src/azure/guest/azure-guest").href, folder: path, files },
      more: { ...guest, rpcBaseUrl: null, functionTimeoutMs },
    },
  });
}
