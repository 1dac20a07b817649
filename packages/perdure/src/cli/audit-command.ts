import type { SkippedOperation } from "../functions/entity-client-types.ts";
import { CONTINUATION } from "../http/wire/continuation.ts";
import { readIdArgument, take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import type { ManagementDoor } from "./management-door.ts";
import { withDoor } from "./management-door.ts";
import { AUDIT_OPTIONS } from "./option-specs.ts";
import { parseCommandLine } from "./options.ts";
import { counted, jsonLine, renderTable } from "./render.ts";
import { checkStatus, readJson } from "./wire.ts";

/** Times are ISO 8601. */
interface WireAuditLine {
  readonly instanceId: string;
  readonly what: string;
  readonly time: string;
  readonly firstTime: string;
  readonly count: number;
  readonly by: string | null;
  readonly reason: string | null;
  readonly run: {
    readonly executionId: string | null;
    readonly name: string | null;
    readonly runtimeStatus: string | null;
    readonly createdTime: string | null;
    readonly endedTime: string | null;
    readonly historyEvents: number | null;
  };
  readonly from: { readonly instanceId: string; readonly executionId: string } | null;
  readonly skipped: SkippedOperation | null;
}

const DEFAULT_TOP = 100;
const LONGEST_PAGE = 1_000;

/** Of one id, or of all: the newest lines first. */
export async function auditCommand(io: CommandIo): Promise<number> {
  const where = "perdure audit";
  const line = parseCommandLine(where, AUDIT_OPTIONS, io.args, io.env);
  const { options, positionals } = line;
  const [id] = positionals;
  if (id !== undefined) {
    take(where, ["[instance-id]"], positionals);
    readIdArgument(id);
  }
  return withDoor(where, line, io.cwd, async (door) => {
    const { lines, more } = await readLines(door, id, options.top ?? DEFAULT_TOP);
    if (options.json === true) io.out(jsonLine(lines));
    else io.out(renderTable(["TIME", "WHAT", "INSTANCE", "ORCHESTRATOR", "BY", "DETAILS"], lines.map(rowOf)));
    if (!more) return;
    if (options.json === true) io.err(jsonLine({ more: true, shown: lines.length }));
    else io.out(`The newest ${lines.length} lines. There are more: --top N shows more of them.\n`);
  });
}

async function readLines(door: ManagementDoor, id: string | undefined, top: number) {
  const path = id === undefined ? "/audit" : `/instances/${encodeURIComponent(id)}/audit`;
  const lines: WireAuditLine[] = [];
  let token: string | null = null;
  do {
    const query = { top: String(Math.min(top - lines.length, LONGEST_PAGE)) };
    const response = await door.send({ method: "GET", path, query, headers: token === null ? {} : { [CONTINUATION]: token } });
    await checkStatus(response, "The audit", [200]);
    lines.push(...(await readJson<readonly WireAuditLine[]>(response)));
    token = response.headers.get(CONTINUATION);
  } while (token !== null && lines.length < top);
  return { lines, more: token !== null };
}

function rowOf({ instanceId, what, time, firstTime, count, by, reason, run, from, skipped }: WireAuditLine): readonly string[] {
  const details = [
    ...(what === "continueAsNew" ? [`${counted(count, "time")} since ${firstTime}`] : []),
    ...(run.runtimeStatus === null ? [] : [`${run.runtimeStatus}, ${run.createdTime} to ${run.endedTime ?? "now"}`]),
    ...(run.historyEvents === null ? [] : [counted(run.historyEvents, "event")]),
    ...(from === null ? [] : [`from ${from.instanceId}`]),
    ...(skipped === null ? [] : [`operation ${skipped.operation} of ${skipped.sender ?? "a client"}`]),
    ...(reason === null ? [] : [`reason: ${reason}`]),
  ];
  return [time, what, instanceId, run.name ?? "", by ?? "", details.join(", ")];
}
