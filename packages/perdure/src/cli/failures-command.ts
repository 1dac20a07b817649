import { take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import { FAILURES_OPTIONS } from "./filter-options.ts";
import { withDoor } from "./management-door.ts";
import { parseCommandLine } from "./options.ts";
import { counted, jsonLine, renderTable } from "./render.ts";
import { checkStatus, readJson } from "./wire.ts";

/** Times are ISO 8601. */
interface WireFailures {
  readonly from: string;
  readonly looked: number;
  readonly exact: boolean;
  readonly groups: readonly WireGroup[];
}

interface WireGroup {
  readonly kind: "failed" | "stopped";
  readonly name: string;
  readonly version: string | null;
  readonly from: string | null;
  readonly errorType: string;
  readonly message: string;
  readonly count: number;
  readonly last: string;
  readonly place: string | null;
  readonly instanceIds: readonly string[];
}

const DEFAULT_TOP = 20;

export async function failuresCommand(io: CommandIo): Promise<number> {
  const where = "perdure failures";
  const line = parseCommandLine(where, FAILURES_OPTIONS, io.args, io.env);
  take(where, [], line.positionals);
  const { name, version, "ended-from": endedFrom, top = DEFAULT_TOP, json } = line.options;
  const endedTimeFrom = endedFrom === undefined ? undefined : new Date(endedFrom).toISOString();
  return withDoor(where, line, io.cwd, async (door) => {
    const response = await door.send({ method: "GET", path: "/failures", query: { name, version, endedTimeFrom } });
    await checkStatus(response, "The failures", [200]);
    const found = await readJson<WireFailures>(response);
    if (json === true) io.out(jsonLine({ ...found, groups: found.groups.slice(0, top) }));
    else io.out(textOf(found, top));
  });
}

function textOf({ from, looked, exact, groups }: WireFailures, top: number): string {
  if (groups.length === 0) return `Nothing has failed since ${from}, and nothing is stopped.\n`;
  const shown = groups.slice(0, top);
  const table = renderTable(["COUNT", "LAST", "ORCHESTRATOR", "FROM", "WHAT HAPPENED", "PLACE", "NEWEST"], shown.map(rowOf));
  const newest = exact
    ? ""
    : `The newest ${counted(looked, "instance")} were looked at: there are more, and --ended-from TIME moves the beginning.\n`;
  const more = shown.length === groups.length ? "" : `There are ${counted(groups.length, "group")}: --top N shows more of them.\n`;
  return `${table}${newest}${more}`;
}

function rowOf({ kind, name, version, from, errorType, message, count, last, place, instanceIds }: WireGroup): readonly string[] {
  const what = kind === "stopped" ? `stopped (${errorType}): ${message}` : `${errorType}: ${message}`;
  return [String(count), last, version === null ? name : `${name} ${version}`, from ?? "", what, place ?? "", instanceIds[0] ?? ""];
}
