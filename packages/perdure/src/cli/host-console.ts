import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DevNotes } from "../console/dev-notes.ts";
import type { Console, HostConsoleOptions } from "../console/open-console.ts";
import { fault } from "../errors/perdure-error.ts";
import { Withheld } from "../errors/shown.ts";
import { DEFAULT_BASE_PATH } from "../http/paths.ts";
import type { TaskHub } from "../task-hub/task-hub.ts";
import { routePrefixOf } from "./host-handler.ts";
import type { HostParts } from "./host-parts.ts";
import type { StartOptions } from "./hub-options.ts";
import { retentionOf } from "./hub-options.ts";
import { packageVersion } from "./package-version.ts";
import { retentionText } from "./start-output.ts";

/** Below the root of the host. */
const CONSOLE_PATH = "/console";

/** Throws for keys that cannot be: a key that only reads opens nothing where all is open. */
export function checkReadKey(where: string, { key, "read-key": readKey }: StartOptions): void {
  if (readKey === undefined || (key !== undefined && key !== readKey)) return;
  throw fault("OPTION_INVALID", where, "--read-key", new Withheld(readKey), "a key other than that of --key, which must be given too");
}

/** The console of a host; null: it has none. Its code is loaded with the first request: a start does not wait for it. */
export function consoleOf(hub: TaskHub, parts: HostParts, httpFunctions: NonNullable<HostConsoleOptions["httpFunctions"]>): Console | null {
  if (parts.options["no-console"] === true) return null;
  let loaded: Console | null = null;
  const notes = new DevNotes();
  const load = async (): Promise<Console> => {
    const { openConsole } = await import("../console/open-console.ts");
    loaded ??= openConsole(hub, { ...optionsOf(hub, parts, notes), httpFunctions });
    return loaded;
  };
  return {
    path: CONSOLE_PATH,
    handle: async (request, context) => (loaded ?? (await load())).handle(request, context),
    endStreams: () => loaded?.endStreams(),
    tell: (note) => {
      notes.add(note);
      loaded?.tell(note);
    },
  };
}

function optionsOf(hub: TaskHub, { options, azure, workforce, development, io, app }: HostParts, notes: DevNotes): HostConsoleOptions {
  const { "read-key": readKey, "console-payloads": payloads = "show" } = options;
  return {
    path: CONSOLE_PATH,
    payloads,
    readKeys: readKey === undefined ? [] : [readKey],
    version: packageVersion(),
    retention: retentionText(retentionOf(options).retention, hub.registry.names.orchestrator),
    isDev: development !== null,
    hasWorker: workforce.kind !== "none",
    paths: { functions: `/${routePrefixOf(azure)}`, management: DEFAULT_BASE_PATH, metrics: hub.metrics === null ? null : "/metrics" },
    ...(development === null
      ? {}
      : {
          sources: folderOf(resolve(io.cwd, app)),
          dev: { notes: () => notes.all, decide: (choice) => development.decide(choice) },
        }),
  };
}

const folderOf = (app: string): string => (statSync(app, { throwIfNoEntry: false })?.isDirectory() === true ? app : dirname(app));
