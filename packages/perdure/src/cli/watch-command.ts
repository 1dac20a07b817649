import { fault } from "../errors/perdure-error.ts";
import { visible } from "../model/visible-text.ts";
import { readIdArgument, take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import type { ManagementDoor } from "./management-door.ts";
import { withDoor } from "./management-door.ts";
import { TARGET_OPTIONS } from "./option-specs.ts";
import { parseCommandLine } from "./options.ts";
import { jsonLine, shortJson } from "./render.ts";
import { serverSentEvents } from "./server-sent-events.ts";
import type { WireStatus } from "./wire.ts";
import { checkStatus } from "./wire.ts";

interface WireProgress {
  readonly activity: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly time: string;
  readonly progress: unknown;
}

/** A line for each change, until the instance has ended. */
export async function watchCommand(io: CommandIo): Promise<number> {
  const where = "perdure watch";
  const line = parseCommandLine(where, TARGET_OPTIONS, io.args, io.env);
  const [id] = take(where, ["<instance-id>"], line.positionals);
  readIdArgument(id);
  return withDoor(where, line, io.cwd, async (door) => {
    const isEnded = await follow(door, id, (event, data) => {
      if (line.options.json === true) io.out(jsonLine({ kind: event, ...(data as object) }));
      else io.out(event === "status" ? statusLine(data as WireStatus) : progressLine(data as WireProgress));
    });
    if (!isEnded) throw fault("REQUEST_REFUSED", `The watch of "${id}"`, 200, "the host has ended it; the instance continues");
  });
}

/** False: the stream has ended before the instance. */
async function follow(door: ManagementDoor, id: string, tell: (event: "status" | "progress", data: unknown) => void): Promise<boolean> {
  const response = await door.send({ method: "GET", path: `/instances/${encodeURIComponent(id)}/watch` });
  if (response.status === 404) throw fault("INSTANCE_NOT_FOUND", id);
  await checkStatus(response, `The watch of "${id}"`, [200]);
  if (response.body === null) return false;
  for await (const { event, data } of serverSentEvents(response.body)) {
    if (event === "end") return true;
    if (event === "status" || event === "progress") tell(event, JSON.parse(data));
  }
  return false;
}

const timeOf = (time: string) => time.slice(11, 19);

function statusLine({ lastUpdatedTime, runtimeStatus, customStatus, output, stopped }: WireStatus): string {
  const parts = [
    runtimeStatus,
    ...(stopped === undefined ? [] : [`stopped: ${stopped.message} [${stopped.code}]`]),
    ...(customStatus === null ? [] : [`status ${shortJson(customStatus)}`]),
    ...(output === null ? [] : [`output ${shortJson(output)}`]),
  ];
  return `${timeOf(lastUpdatedTime)}  ${visible(parts.join("  "))}\n`;
}

const progressLine = ({ time, activity, attempt, progress }: WireProgress): string =>
  `${timeOf(time)}  ${visible(`${activity}${attempt === 1 ? "" : ` (attempt ${attempt})`}: ${shortJson(progress)}`)}\n`;
