import { loadApp } from "../../app-threads/load-app.ts";
import { isBuiltIn } from "../../errors/built-in-names.ts";
import { FunctionRegistry } from "../../functions/registry.ts";
import { byKind } from "../../model/function-kind.ts";
import { installDeterministicGlobals } from "../../replay/globals/deterministic-globals.ts";
import type { CommandIo } from "../command.ts";
import { entryFiles } from "../entry-files.ts";
import { loadedInTime } from "../load-watch.ts";
import { dryHost, dryStart } from "./dry-start.ts";
import type { CheckedApp } from "./report.ts";

export async function checkNativeApp(io: CommandIo, app: string): Promise<CheckedApp> {
  const uninstall = installDeterministicGlobals();
  try {
    const files = entryFiles(app, io.cwd);
    const functions = await loadedInTime(io, null, () => loadApp(app, files, io.cwd));
    const { taken, reasons } = await dryStart(functions, (some) => dryHost(some, { options: {}, azure: null }));
    const { names, http, schedules } = new FunctionRegistry(taken);
    return {
      app,
      kind: "native",
      files,
      names: byKind((kind) => names[kind].filter((name) => !isBuiltIn(name))),
      http: http.map(({ name, route, methods, authLevel }) => ({ name, route, methods, authLevel, streamed: false })),
      routePrefix: "api",
      triggers: [],
      settings: [],
      values: [],
      warnings: [],
      notes: schedules.map(({ name, spec }) => `${name}: ${spec.starts === null ? "timer" : "schedule"} ${spec.cron} ${spec.timeZone}`),
      differences: [],
      problems: reasons,
    };
  } finally {
    uninstall();
  }
}
