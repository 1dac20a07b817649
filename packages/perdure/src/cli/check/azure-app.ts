import { differencesOf } from "../../azure/differences.ts";
import { serviceProblems } from "../../azure/service-problems.ts";
import { azureInProcess } from "../azure-in-process.ts";
import type { CommandIo } from "../command.ts";
import type { CheckedApp } from "./report.ts";

export async function checkAzureApp(io: CommandIo, app: string, folder: string): Promise<CheckedApp> {
  const { settings, files, loaded } = await azureInProcess(io, folder);
  const { table } = loaded;
  const { host, local, warnings } = settings;
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
    problems: [...table.problems, ...serviceProblems(table, { folder, variables: settings.environment })],
  };
}
