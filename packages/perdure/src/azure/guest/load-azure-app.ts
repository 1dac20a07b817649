import { isTypeScript } from "../../app-threads/source-names.ts";
import { faultFrom } from "../../errors/perdure-error.ts";
import { sameName } from "../../model/function-name.ts";
import { valueText } from "../../telemetry/value-text.ts";
import { installFunctionsCore, watchOrchestrators } from "./core-hooks.ts";
import { loadEntryPoints } from "./entry-points.ts";
import type { AzureFunction } from "./function-table.ts";
import { FunctionTable } from "./function-table.ts";
import type { CoreLog, RegisteredCall } from "./functions-core.ts";
import { FunctionsCore } from "./functions-core.ts";
import type { AzureGuestSettings } from "./guest-settings.ts";
import { listeningLocally, streamOrigin } from "./http-stream.ts";
import { restoreRemovedMembers } from "./node-compat.ts";
import { runTypeScript } from "./typescript/run-typescript.ts";

export interface LoadedAzureApp {
  readonly core: FunctionsCore;
  readonly table: FunctionTable;
  /** Where the library serves streamed HTTP; null: HTTP is not streamed. */
  readonly streamOrigin: string | null;
  /** How it was loaded, where that is not plain. */
  readonly notes: readonly string[];
  /** The same app with some of its functions alone. */
  only(functions: readonly AzureFunction[]): LoadedAzureApp;
}

/** Loads the entry files of an Azure app into this thread. Rejects with an error of the catalogue that names the file, or the setting that is missing. */
export async function loadAzureApp(
  files: readonly string[],
  settings: Pick<AzureGuestSettings, "isModule" | "variables" | "disabled" | "only"> & { readonly folder: string },
  log: CoreLog,
): Promise<LoadedAzureApp> {
  const { folder, isModule, variables, disabled, only } = settings;
  const core = new FunctionsCore(log);
  installFunctionsCore(core.exports());
  watchOrchestrators((name, handler) => core.noteHandler(name, handler));
  restoreRemovedMembers();
  const typescript = files.some(isTypeScript) ? runTypeScript(folder) : null;
  await loadEntryPoints(files, isModule, typescript);
  typescript?.compiler?.stop();
  core.seal();
  // Asked once: the library opens its server of streamed HTTP here.
  const capabilities = await listeningLocally(async () => core.model?.getCapabilities({}) ?? {});
  await startHooks(core);
  const origin = streamOrigin(capabilities);
  const leftOut = (name: string) => {
    if (disabled.some((one) => sameName(one, name))) return `is disabled by the setting AzureWebJobs.${name}.Disabled`;
    return only === null || only.some((one) => sameName(one, name)) ? null : 'is not in the list "functions" of host.json';
  };
  const tableOf = (registered: readonly RegisteredCall[]) =>
    new FunctionTable(registered, { variables, leftOut, streamed: origin !== null });
  const loaded = (table: FunctionTable): LoadedAzureApp => ({
    core,
    table,
    streamOrigin: origin,
    notes: [...(typescript === null ? [] : [typescript.note]), ...table.notes],
    only: (functions) => loaded(tableOf(functions)),
  });
  return loaded(tableOf(core.functions));
}

async function startHooks({ hooks }: FunctionsCore): Promise<void> {
  try {
    await hooks.run("appStart", { hookData: {}, appHookData: hooks.appData });
  } catch (error) {
    throw faultFrom(error, "START_HOOK_FAILED", valueText(error instanceof Error ? error.message : error), "app.hook.appStart");
  }
}
