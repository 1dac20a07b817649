import { appFunctions } from "../../app-threads/app-functions.ts";
import type { AppThreads } from "../../app-threads/app-threads.ts";
import { differencesOf } from "../../azure/differences.ts";
import { toldOf } from "../../azure/guest/azure-guest.ts";
import { triggerSettings } from "../../azure/triggers/trigger-settings.ts";
import { createTriggers } from "../../azure/triggers/triggers.ts";
import { silentLog } from "../../telemetry/engine-log.ts";
import type { AzureInProcess } from "../azure-in-process.ts";
import { azureInProcess } from "../azure-in-process.ts";
import { withSettings } from "../azure-options.ts";
import type { CommandIo } from "../command.ts";
import { DEFAULT_TASK_HUB, guestSetup } from "../guest-setup.ts";
import { dryHost, dryStart } from "./dry-start.ts";
import type { CheckedApp } from "./report.ts";

export async function checkAzureApp(io: CommandIo, app: string, folder: string): Promise<CheckedApp> {
  const checked = await azureInProcess(io, folder);
  const { settings, files, loaded } = checked;
  const { table } = loaded;
  const { host, local, warnings } = settings;
  const { reasons } = await dryStart(table.sound, (some) => startOf(io, checked, some));
  return {
    app,
    kind: "azure",
    files,
    names: table.names,
    http: table.http,
    routePrefix: host.get("extensions.http.routePrefix") ?? "api",
    triggers: table.triggers,
    settings: settings.given,
    values: Object.keys(local.values),
    warnings,
    notes: loaded.notes,
    differences: differencesOf(table, host),
    problems: [...table.problems, ...reasons],
  };
}

/** As a host and a thread of it go about such functions: what these make of them, up to where a service, a store or a port is asked. */
async function startOf(io: CommandIo, azure: AzureInProcess, some: AzureInProcess["loaded"]["table"]["sound"]): Promise<void> {
  const { manifest, settings, files, loaded } = azure;
  const options = withSettings({}, azure, io.cwd);
  const parts = { app: manifest.folder, files, cwd: io.cwd, options, env: {}, hubLog: {}, publicOrigin: null };
  const info = await toldOf(loaded.only(some), guestSetup(parts, { guest: "", more: { ...azure.guest, rpcBaseUrl: null } }));
  const triggers = createTriggers({
    ...{ specs: info.triggers, log: silentLog, folder: manifest.folder, variables: settings.environment },
    settings: triggerSettings(settings.host),
    taskHub: options["task-hub"] ?? DEFAULT_TASK_HUB,
    invoke: () => Promise.reject(new TypeError("A check calls no function.")),
  });
  await triggers.stop();
  await dryHost(appFunctions({ info } as AppThreads, info), { options, azure }); // its functions are named, and none is called
}
