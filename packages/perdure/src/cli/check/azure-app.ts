import { builtEntryPoints, readAzureApp } from "../../azure/azure-app.ts";
import { differencesOf } from "../../azure/differences.ts";
import { loadAzureApp } from "../../azure/guest/load-azure-app.ts";
import type { CommandIo } from "../command.ts";
import type { CheckedApp } from "./report.ts";

/** Loads the app in this process, which gets the app's folder and settings as its own and ends after the command. */
export async function checkAzureApp(io: CommandIo, app: string, folder: string): Promise<CheckedApp> {
  const { manifest, settings, guest } = readAzureApp(folder, { environment: io.env, port: null });
  const files = await builtEntryPoints(manifest, (why) => io.err(`Building the app, since ${why}.\n`));
  process.chdir(folder);
  Object.assign(process.env, settings.environment);
  const { table } = await withoutOutput(io, () => loadAzureApp(files, guest, () => {}));
  const { host, local, warnings } = settings;
  return {
    app,
    kind: "azure",
    files,
    names: table.names,
    http: table.http,
    routePrefix: host.get("extensions.http.routePrefix") ?? "api",
    triggers: table.triggers,
    settings: host.given,
    values: Object.keys(local.values),
    warnings,
    notes: table.notes,
    differences: differencesOf(table, host),
    problems: table.problems,
  };
}

/** What the app writes while it is loaded does not belong into the report. */
async function withoutOutput<Loaded>(io: CommandIo, load: () => Promise<Loaded>): Promise<Loaded> {
  const { write } = process.stdout;
  process.stdout.write = (chunk: string | Uint8Array) => {
    io.err(String(chunk));
    return true;
  };
  try {
    return await load();
  } finally {
    process.stdout.write = write;
  }
}
