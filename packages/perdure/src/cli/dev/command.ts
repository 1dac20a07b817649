import type { CommandIo } from "../command.ts";
import { DEV_OPTIONS } from "../option-specs.ts";
import { parseCommandLine } from "../options.ts";
import { runHost } from "../start.ts";
import { DevSession } from "./session.ts";

const WHERE = "perdure dev";

/** As `perdure start` with one worker, and the app is loaded again when its files change. */
export function devCommand(io: CommandIo): Promise<number> {
  const { options, positionals } = parseCommandLine(WHERE, DEV_OPTIONS, io.args, io.env);
  const environment = { ...io.env };
  return runHost(io, { where: WHERE, given: options, positionals, development: new DevSession({ options, environment }) });
}
