import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { AzureApp } from "../azure/azure-app.ts";
import { isAzureApp } from "../azure/recognise.ts";
import { definedOf } from "../model/options.ts";
import type { CommandIo } from "./command.ts";
import type { StartOptions } from "./hub-options.ts";
import { storeOf } from "./hub-options.ts";

/** An Azure app with the options of the host, as far as its settings say them. */
export interface AzureStart {
  readonly app: AzureApp;
  readonly options: StartOptions;
}

/** Null: the app is another one, and nothing of Azure is loaded for it. Rejects with errors of the catalogue that name file, key and value. */
export async function azureStart(
  app: string,
  options: StartOptions,
  { cwd, env }: Pick<CommandIo, "cwd" | "env">,
): Promise<AzureStart | null> {
  const folder = resolve(cwd, app);
  if (!isAzureApp(folder)) return null;
  const { readAzureApp } = await import("../azure/azure-app.ts");
  const read = readAzureApp(folder, { environment: env, port: options.port ?? null });
  return { app: read, options: withSettings(options, read, cwd) };
}

/** The command line and the environment of Perdure win over the settings of the app. */
export function withSettings(options: StartOptions, { settings }: AzureApp, cwd: string): StartOptions {
  const { host, local } = settings;
  const at = <Name extends Parameters<typeof host.get>[0]>(name: Name) => host.get(name) ?? undefined;
  const defaultVersion = at("extensions.durableTask.defaultVersion");
  // Azure's default compares with a version; where there is none, every version is taken.
  const match = at("extensions.durableTask.versionMatchStrategy") ?? (defaultVersion === undefined ? undefined : "CurrentOrOlder");
  const total = at("extensions.durableTask.maxConcurrentActivityFunctions");
  const given = definedOf({
    port: local.port ?? undefined,
    cors: local.corsOrigins.length === 0 ? undefined : local.corsOrigins,
    "cors-credentials": local.corsCredentials || undefined,
    "task-hub": at("extensions.durableTask.hubName"),
    "forwarded-host": at("extensions.durableTask.httpSettings.useForwardedHost"),
    "max-concurrent": total === undefined ? undefined : { total },
    "default-version": defaultVersion,
    "version-match-strategy": match,
    "version-failure-strategy": at("extensions.durableTask.versionFailureStrategy"),
  });
  return { ...given, ...options, store: absoluteStore(storeOf(options), cwd) };
}

/** The process is about to change its folder. */
function absoluteStore(url: string, cwd: string): string {
  if (!url.startsWith("file:")) return url;
  return `file:${url.startsWith("file://") ? fileURLToPath(url) : resolve(cwd, url.slice("file:".length))}`;
}

/** The app's folder and settings become those of this process, and of every thread and process that it starts. */
export function enterAzureApp({ manifest, settings }: AzureApp): void {
  process.chdir(manifest.folder);
  Object.assign(process.env, settings.environment);
}
