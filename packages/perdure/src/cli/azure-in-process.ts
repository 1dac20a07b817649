import type { AzureApp } from "../azure/azure-app.ts";
import { builtEntryPoints, readAzureApp } from "../azure/azure-app.ts";
import type { LoadedAzureApp } from "../azure/guest/load-azure-app.ts";
import { loadAzureApp } from "../azure/guest/load-azure-app.ts";
import { enterAzureApp } from "./azure-options.ts";
import type { CommandIo } from "./command.ts";
import { loadedInTime } from "./load-watch.ts";

export interface AzureInProcess extends AzureApp {
  readonly files: readonly string[];
  readonly loaded: LoadedAzureApp;
}

/** Loads the app in this process, which gets the app's folder and settings as its own and ends after the command. */
export async function azureInProcess(io: CommandIo, folder: string): Promise<AzureInProcess> {
  const app = readAzureApp(folder, { environment: io.env, port: null });
  const files = await builtEntryPoints(app.manifest, (why) => io.err(`Building the app, since ${why}.\n`));
  enterAzureApp(app);
  const { folder: own } = app.manifest;
  const load = () => loadAzureApp(files, { ...app.guest, folder: own }, () => {});
  const loaded = await withoutOutput(io, () => loadedInTime(io, own, load));
  return { ...app, files, loaded };
}

/** What the app writes does not belong into the report. */
export async function withoutOutput<Result>(io: CommandIo, run: () => Promise<Result>): Promise<Result> {
  const { write } = process.stdout;
  process.stdout.write = (chunk: string | Uint8Array) => {
    io.err(String(chunk));
    return true;
  };
  try {
    return await run();
  } finally {
    process.stdout.write = write;
  }
}
