import type { ErrorCode } from "../errors/catalogue.ts";
import { fault, PerdureError } from "../errors/perdure-error.ts";
import { beforeTerminator } from "./before-terminator.ts";
import type { Command, CommandIo } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { saidError } from "./error-text.ts";
import { commandHelpText, helpText } from "./help.ts";
import { checkEnvironment } from "./options.ts";
import { packageVersion } from "./package-version.ts";

/** Exit codes: 0 done · 1 the command failed · 2 it was called in a wrong way. */
export async function runCli(io: CommandIo): Promise<number> {
  try {
    return await dispatch(io);
  } catch (error) {
    io.err(saidError(error, io.args));
    return error instanceof PerdureError && (error.kind === "configuration" || WRONG_ARGUMENT.has(error.code)) ? 2 : 1;
  }
}

/** Errors of kind `client` that are found before any task hub is asked. */
const WRONG_ARGUMENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "INSTANCE_ID_INVALID",
  "ENTITY_KEY_INVALID",
  "VERSION_INVALID",
  "INPUT_NOT_JSON",
]);

async function dispatch(io: CommandIo): Promise<number> {
  const [name, ...args] = io.args;
  if (name === undefined || name === "--help" || name === "-h" || (name === "help" && args[0] === undefined)) {
    return printed(io, helpText(COMMANDS));
  }
  if (name === "help") return printed(io, commandHelpText(findCommand(args[0] ?? "")));
  if (name === "--version" || name === "-v") return printed(io, `${packageVersion()}\n`);
  const command = findCommand(name);
  const before = beforeTerminator(args);
  if (before.includes("--help") || before.includes("-h")) return printed(io, commandHelpText(command));
  checkEnvironment(
    io.env,
    COMMANDS.map(({ options }) => options),
  );
  return command.run({ ...io, args });
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name || candidate.alias === name);
  if (command !== undefined) return command;
  throw fault(
    "COMMAND_UNKNOWN",
    name,
    COMMANDS.map((candidate) => candidate.name),
  );
}

function printed(io: CommandIo, text: string): number {
  io.out(text);
  return 0;
}
