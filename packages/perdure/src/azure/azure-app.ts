import { join, sep } from "node:path";
import { isTypeScript } from "../app-threads/source-names.ts";
import { buildOnce, whyBuild } from "./guest/build-step.ts";
import { entryPoints, noEntryPoints, outputFolder } from "./guest/entry-points.ts";
import type { AzureGuestSettings } from "./guest/guest-settings.ts";
import type { AzureManifest } from "./recognise.ts";
import { readManifest } from "./recognise.ts";
import type { AzureSettings } from "./settings/azure-settings.ts";
import { readAzureSettings } from "./settings/azure-settings.ts";
import type { HttpSettings } from "./settings/http-settings.ts";
import { httpSettings } from "./settings/http-settings.ts";

/** What the files of an Azure app say, before any of its code runs. */
export interface AzureApp {
  readonly manifest: AzureManifest;
  readonly settings: AzureSettings;
  readonly http: HttpSettings;
  /** What is said to the engine of each of its workers. */
  readonly engine: { readonly idleReleaseMs?: number };
  /** What its thread is told. */
  readonly guest: Omit<AzureGuestSettings, "rpcBaseUrl">;
}

export interface AzureAppOptions {
  readonly environment: { readonly [name: string]: string | undefined };
  /** Of the command line; null: what local.settings.json says, else 7071. */
  readonly port: number | null;
}

const AZURE_PORT = 7071;
const DEFAULT_FUNCTION_TIMEOUT_MS = 30 * 60_000;

/** Throws errors of the catalogue that name file, key and value. */
export function readAzureApp(folder: string, { environment, port }: AzureAppOptions): AzureApp {
  const manifest = readManifest(folder);
  const hostName = (own: number | null) => `localhost:${port ?? own ?? AZURE_PORT}`;
  const settings = readAzureSettings({ folder, environment, hostName: (local) => hostName(local.port) });
  const timeout = settings.host.get("functionTimeout");
  const keepsCursors = settings.host.get("extensions.durableTask.extendedSessionsEnabled") !== false;
  const idleSeconds = settings.host.get("extensions.durableTask.extendedSessionIdleTimeoutInSeconds");
  const only = settings.host.get("functions") ?? [];
  return {
    manifest,
    settings,
    http: httpSettings(settings.host),
    engine: keepsCursors && idleSeconds !== null ? { idleReleaseMs: idleSeconds * 1_000 } : {},
    guest: {
      isModule: manifest.isModule,
      variables: settings.environment,
      disabled: settings.disabled,
      only: only.length === 0 ? null : only,
      logLevels: Object.fromEntries(settings.host.below("logging.logLevel.*")),
      functionTimeoutMs: timeout === null ? DEFAULT_FUNCTION_TIMEOUT_MS : timeout.ms,
      keepsCursors,
      maxActions: settings.host.get("extensions.durableTask.maxOrchestrationActions"),
      httpPollMs: settings.host.get("extensions.durableTask.httpSettings.defaultAsyncRequestSleepTimeMilliseconds"),
      queueEncoding: settings.host.get("extensions.queues.messageEncoding") ?? "base64",
    },
  };
}

/** What files are to a build of the app: one that it writes, a TypeScript source that what is loaded is made from, or neither. */
export function rolesInBuild(manifest: AzureManifest): (path: string) => "output" | "source" | null {
  const { folder, main, hasBuild } = manifest;
  const output = hasBuild && main !== null ? outputFolder(main) : null;
  if (output === null || entryPoints(manifest).some(isTypeScript)) return () => null;
  const written = join(folder, output, sep);
  return (path) => (path.startsWith(written) ? "output" : isTypeScript(path) ? "source" : null);
}

/** Its entry files, after a build if one is needed. `building` is told why there is one; `known`: a reason that times of files do not show. Rejects when there are none. */
export async function builtEntryPoints(
  manifest: AzureManifest,
  building: (why: string) => void,
  known: string | null = null,
): Promise<readonly string[]> {
  const why = known ?? whyBuild(manifest);
  if (why !== null) {
    building(why);
    await buildOnce(manifest, why);
  }
  const files = entryPoints(manifest);
  if (files.length === 0) throw noEntryPoints(manifest, why !== null);
  return files;
}
