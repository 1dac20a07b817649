import { definedOf } from "../../model/options.ts";
import { disabledFunctions } from "./disabled-functions.ts";
import type { GivenSetting, HostSettings } from "./host-settings.ts";
import { readHostSettings } from "./host-settings.ts";
import type { LocalSettings } from "./local-settings.ts";
import { readLocalSettings } from "./local-settings.ts";

/** What the files of an Azure app and the environment say. Options of the command line win over all of it. */
export interface AzureSettings {
  readonly host: HostSettings;
  readonly local: LocalSettings;
  /** What the app sees as its environment: the process's own, over `Values`, over what the host of Azure sets. */
  readonly environment: { readonly [name: string]: string };
  /** All that was given, for `perdure check`. */
  readonly given: readonly GivenSetting[];
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
  return {
    ...{ host, local, environment },
    given: [...host.given, ...givenOfHost(local)],
    warnings: [...local.warnings, ...host.warnings],
    disabled: disabledFunctions(environment),
  };
}

function givenOfHost({ port, corsOrigins, corsCredentials }: LocalSettings): readonly GivenSetting[] {
  const one = (key: string, text: string, option: string): GivenSetting => ({
    ...{ source: "local.settings.json", key: `Host.${key}`, text, effect: `as ${option}`, use: "used" },
  });
  return [
    ...(port === null ? [] : [one("LocalHttpPort", String(port), "--port")]),
    ...(corsOrigins.length === 0 ? [] : [one("CORS", corsOrigins.join(","), "--cors")]),
    ...(corsCredentials ? [one("CORSCredentials", "true", "--cors-credentials")] : []),
  ];
}
