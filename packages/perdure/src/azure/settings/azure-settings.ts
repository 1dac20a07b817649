import { definedOf } from "../../model/options.ts";
import { disabledFunctions } from "./disabled-functions.ts";
import type { HostSettings } from "./host-settings.ts";
import { readHostSettings } from "./host-settings.ts";
import type { LocalSettings } from "./local-settings.ts";
import { readLocalSettings } from "./local-settings.ts";

/** What the files of an Azure app and the environment say. Options of the command line win over all of it. */
export interface AzureSettings {
  readonly host: HostSettings;
  readonly local: LocalSettings;
  /** What the app sees as its environment: the process's own, over `Values`, over what the host of Azure sets. */
  readonly environment: { readonly [name: string]: string };
  /** One line for each key that is not known. */
  readonly warnings: readonly string[];
  /** Names of functions that are switched off. */
  readonly disabled: readonly string[];
}

/** `hostName`: under which the host will be reached, `localhost:7071`. */
export interface AzureSurroundings {
  readonly folder: string;
  readonly environment: { readonly [name: string]: string | undefined };
  readonly hostName: (local: LocalSettings) => string;
}

/** Throws errors of the catalogue that name file, key and value. */
export function readAzureSettings({ folder, environment: own, hostName }: AzureSurroundings): AzureSettings {
  const local = readLocalSettings(folder);
  const environment = {
    FUNCTIONS_WORKER_RUNTIME: "node",
    AZURE_FUNCTIONS_ENVIRONMENT: "Development",
    AzureWebJobsScriptRoot: folder,
    WEBSITE_HOSTNAME: hostName(local),
    ...local.values,
    ...definedOf(own),
  };
  const host = readHostSettings(folder, environment);
  return { host, local, environment, warnings: [...local.warnings, ...host.warnings], disabled: disabledFunctions(environment) };
}
