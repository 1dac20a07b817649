import { resolve } from "node:path";
import { isAzureApp } from "../../azure/recognise.ts";
import { fault, PerdureError } from "../../errors/perdure-error.ts";
import type { CommandIo } from "../command.ts";
import { saidError } from "../error-text.ts";
import { CHECK_OPTIONS } from "../option-specs.ts";
import { parseCommandLine } from "../options.ts";
import { checkNativeApp } from "./native-app.ts";
import { reportJson, reportText } from "./report.ts";

const WHERE = "perdure check";

/** Exit code 0: the app can be run · 1: it cannot, for the reasons that are shown · 2: it could not be loaded. No function of it runs, and no store is opened. */
export async function checkCommand(io: CommandIo): Promise<number> {
  const { options, positionals } = parseCommandLine(WHERE, CHECK_OPTIONS, io.args, io.env);
  if (positionals.length > 1) throw fault("ARGUMENTS_WRONG", WHERE, "[app]", positionals);
  const [app = "."] = positionals;
  const folder = resolve(io.cwd, app);
  try {
    const checked = isAzureApp(folder)
      ? await (await import("./azure-app.ts")).checkAzureApp(io, app, folder)
      : await checkNativeApp(io, app);
    io.out(options.json === true ? reportJson(checked) : reportText(checked));
    return ended(io, checked.problems.length === 0 ? 0 : 1);
  } catch (error) {
    if (!(error instanceof PerdureError)) throw error;
    io.err(saidError(error, io.args));
    return ended(io, 2);
  }
}

/** What the app has opened while it was loaded must not keep the command from ending. */
function ended(io: CommandIo, code: number): number {
  io.exit(code);
  return code;
}
