import { fault } from "../errors/perdure-error.ts";
import { Withheld } from "../errors/shown.ts";
import type { HttpMount } from "../http/mounts.ts";
import type { ConsoledHub, ConsoleOptions } from "./console-options.ts";
import { CREATE_CONSOLE, checkConsoleOptions } from "./console-options.ts";
import { openConsole } from "./open-console.ts";

/** The web console of a hub, to be served by `createHttpHandler(hub, { mounts: [createConsole(hub)] })`. Throws for options that cannot work. */
export function createConsole(hub: ConsoledHub, options: ConsoleOptions = {}): HttpMount {
  if (typeof hub !== "object" || hub === null || !("hubClient" in hub))
    throw fault(
      "OPTION_INVALID",
      CREATE_CONSOLE,
      "hub",
      new Withheld(hub),
      "a TaskHub, and the options behind it: createConsole(hub, { … })",
    );
  checkConsoleOptions(options);
  return openConsole(hub, options);
}
