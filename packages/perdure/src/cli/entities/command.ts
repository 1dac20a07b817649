import { fault } from "../../errors/perdure-error.ts";
import { checkedEntityId } from "../../replay/functions/entity-target.ts";
import { nameArgument } from "../arguments.ts";
import type { CommandIo } from "../command.ts";
import { withDoor } from "../management-door.ts";
import { ENTITIES_OPTIONS } from "../option-specs.ts";
import { parseCommandLine } from "../options.ts";
import type { EntitiesCall, EntitiesOptions } from "./call.ts";
import { clean, list, locks } from "./lists.ts";
import { remove, resume, show, signal, skip, wipe } from "./one.ts";

const WHERE = "perdure entities";

interface Subcommand {
  readonly arguments: readonly string[];
  /** Of the arguments: so many at least. */
  readonly least?: number;
  /** Options that mean something to it; of others none is ignored in silence. */
  readonly takes?: readonly (keyof EntitiesOptions)[];
  readonly run: (call: EntitiesCall) => Promise<void>;
}

const ONE = ["<name>", "<key>"];
const COMMON: readonly (keyof EntitiesOptions)[] = ["url", "store", "key", "json", "help"];

const SUBCOMMANDS: { readonly [word: string]: Subcommand } = {
  list: { arguments: ["[name]"], least: 0, takes: ["from", "to", "state", "empty", "top"], run: list },
  show: { arguments: ONE, run: show },
  signal: { arguments: [...ONE, "<operation>"], takes: ["input"], run: signal },
  delete: { arguments: ONE, run: remove },
  locks: { arguments: ["[name]"], least: 0, takes: ["top"], run: locks },
  clean: { arguments: [], run: clean },
  resume: { arguments: ONE, run: resume },
  skip: { arguments: ONE, takes: ["reason"], run: skip },
  purge: { arguments: ONE, takes: ["reason"], run: wipe },
};

const USAGE = Object.entries(SUBCOMMANDS)
  .map(([word, { arguments: names }]) => [word, ...names].join(" "))
  .join(" | ");

export async function entitiesCommand(io: CommandIo): Promise<number> {
  const line = parseCommandLine(WHERE, ENTITIES_OPTIONS, io.args, io.env);
  const { options, positionals } = line;
  const [word = "", ...names] = positionals;
  const subcommand = Object.hasOwn(SUBCOMMANDS, word) ? SUBCOMMANDS[word] : undefined;
  if (subcommand === undefined) throw fault("ARGUMENTS_WRONG", WHERE, USAGE, positionals);
  const { arguments: expected, least = expected.length, takes = [], run } = subcommand;
  const where = `${WHERE} ${word}`;
  if (names.length < least || names.length > expected.length)
    throw fault("ARGUMENTS_WRONG", where, expected.join(" ") || "no arguments", names);
  const known = [...takes, ...COMMON];
  const foreign = [...line.given].find((option) => !known.some((one) => one === option));
  if (foreign !== undefined)
    throw fault(
      "OPTION_UNKNOWN",
      where,
      `--${foreign}`,
      known.map((option) => `--${option}`),
    );
  const [name, key] = names;
  if (name !== undefined) nameArgument(where, "<name>", name);
  if (name !== undefined && key !== undefined) checkedEntityId(name, key);
  return withDoor(where, line, io.cwd, (door) => run({ io, door, options, names }));
}
