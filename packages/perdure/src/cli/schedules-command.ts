import { fault } from "../errors/perdure-error.ts";
import { visible } from "../model/visible-text.ts";
import { nameArgument } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import type { ManagementDoor } from "./management-door.ts";
import { withDoor } from "./management-door.ts";
import { TARGET_OPTIONS } from "./option-specs.ts";
import { parseCommandLine } from "./options.ts";
import { jsonLine, renderTable } from "./render.ts";
import { checkStatus, readJson } from "./wire.ts";

const WHERE = "perdure schedules";
const OPERATIONS = { pause: "paused", resume: "resumed", trigger: "triggered" } as const;
type Operation = keyof typeof OPERATIONS;
const isOperation = (word: string): word is Operation => Object.hasOwn(OPERATIONS, word);

/** Times are ISO 8601. */
interface WireSchedule {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly state: string;
  readonly starts: string | null;
  readonly next: string | null;
  readonly last: string | null;
  readonly lastProblem: string | null;
}

/** `perdure schedules list`, and `pause`, `resume` or `trigger` with a name. */
export async function schedulesCommand(io: CommandIo): Promise<number> {
  const line = parseCommandLine(WHERE, TARGET_OPTIONS, io.args, io.env);
  const [word = "", name, ...more] = line.positionals;
  const isList = word === "list" && name === undefined;
  if (!isList && !(isOperation(word) && name !== undefined && more.length === 0))
    throw fault("ARGUMENTS_WRONG", WHERE, '"list", or "pause", "resume" or "trigger" and a <name>', line.positionals);
  if (!isList) nameArgument(WHERE, "<name>", name ?? "");
  const isJson = line.options.json === true;
  return withDoor(WHERE, line, io.cwd, async (door) => {
    if (isOperation(word)) io.out(await tell(door, word, name ?? "", isJson));
    else io.out(await listed(door, isJson));
  });
}

async function listed(door: ManagementDoor, isJson: boolean): Promise<string> {
  const response = await door.send({ method: "GET", path: "/schedules" });
  await checkStatus(response, "The list", [200]);
  const schedules = await readJson<readonly WireSchedule[]>(response);
  return isJson
    ? jsonLine(schedules)
    : renderTable(["NAME", "STATE", "NEXT", "LAST", "SCHEDULE", "STARTS", "PROBLEM"], schedules.map(rowOf));
}

const rowOf = ({ name, state, next, last, cron, timeZone, starts, lastProblem }: WireSchedule): readonly string[] => [
  name,
  state,
  next ?? "",
  last ?? "",
  `${cron} ${timeZone}`,
  starts ?? "(timer)",
  lastProblem ?? "",
];

async function tell(door: ManagementDoor, operation: Operation, name: string, isJson: boolean): Promise<string> {
  const response = await door.send({ method: "POST", path: `/schedules/${encodeURIComponent(name)}/${operation}` });
  await checkStatus(response, `The request to ${operation} "${name}"`, [202]);
  return isJson ? jsonLine({ name, operation, accepted: true }) : `Schedule "${visible(name)}" is ${OPERATIONS[operation]}.\n`;
}
