import type { Command } from "./command.ts";
import { environmentName } from "./options.ts";

export function helpText(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => heading(command).length));
  const lines = commands.map((command) => `  ${heading(command).padEnd(width)}  ${command.summary}`);
  return [
    "Usage: perdure <command> [options]",
    "",
    ...lines,
    "",
    "perdure <command> --help shows the options of a command, perdure --version the version. With --json every command writes JSON.",
    "Exit codes: 0 success, 1 failure, 2 wrong usage.",
    "",
  ].join("\n");
}

export function commandHelpText(command: Command): string {
  const rows = Object.entries(command.options).map(([name, spec]) => ({
    left: `--${name} ${spec.placeholder}`.trimEnd(),
    help: spec.help,
  }));
  const width = Math.max(...rows.map((row) => row.left.length));
  return [
    `Usage: perdure ${heading(command)} [options]`,
    "",
    `${capitalised(command.summary)}.${command.alias === undefined ? "" : ` Also called ${command.alias}.`}`,
    "",
    ...rows.map((row) => `  ${row.left.padEnd(width)}  ${row.help}`),
    "",
    ...environmentHelp(command),
  ].join("\n");
}

function environmentHelp(command: Command): readonly string[] {
  const names = Object.entries(command.options).flatMap(([name, spec]) => (spec.env === true ? [environmentName(name)] : []));
  return names.length === 0 ? [] : [`Also from the environment (the command line wins): ${names.join(", ")}.`, ""];
}

const heading = (command: Command) => `${command.name} ${command.usage}`.trimEnd();
const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
