import type { Console, ConsoleOptions } from "../console/create-console.ts";
import { fault } from "../errors/perdure-error.ts";
import { Withheld } from "../errors/shown.ts";
import type { TaskHub } from "../task-hub/task-hub.ts";
import type { StartOptions } from "./hub-options.ts";

/** Below the root of the host. */
export const CONSOLE_PATH = "/console";

/** Throws for keys that cannot be: a key that only reads opens nothing where all is open. */
export function checkReadKey(where: string, { key, "read-key": readKey }: StartOptions): void {
  if (readKey === undefined || (key !== undefined && key !== readKey)) return;
  throw fault("OPTION_INVALID", where, "--read-key", new Withheld(readKey), "a key other than that of --key, which must be given too");
}

type OfHost = Pick<ConsoleOptions, "version" | "retention" | "isDev" | "hasWorker" | "paths" | "httpFunctions">;

/** The console of a host; null: it has none. Its code is loaded with the first request: a start does not wait for it. */
export function consoleOf(hub: TaskHub, options: StartOptions, ofHost: OfHost): Console | null {
  if (options["no-console"] === true) return null;
  const { "read-key": readKey, "console-payloads": payloads = "show" } = options;
  const given = { ...ofHost, path: CONSOLE_PATH, payloads, readKeys: readKey === undefined ? [] : [readKey] };
  let loaded: Console | null = null;
  const load = async (): Promise<Console> => {
    const { createConsole } = await import("../console/create-console.ts");
    loaded ??= createConsole(hub, given);
    return loaded;
  };
  return {
    path: CONSOLE_PATH,
    handle: async (request, context) => (loaded ?? (await load())).handle(request, context),
    endStreams: () => loaded?.endStreams(),
    tell: (note) => loaded?.tell(note),
  };
}
