import { setTimeout as pause } from "node:timers/promises";
import { fault } from "../errors/perdure-error.ts";
import { isTerminal } from "../model/status.ts";
import { visible } from "../model/visible-text.ts";
import { realClock } from "../process/real-time.ts";
import { instanceIdArgument, jsonOption, orchestratorArgument, take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import type { ManagementDoor } from "./management-door.ts";
import { withDoor } from "./management-door.ts";
import type { OptionValues } from "./options.ts";
import { parseCommandLine } from "./options.ts";
import { jsonLine } from "./render.ts";
import { START_NEW_OPTIONS } from "./start-new-options.ts";
import { failedAt, statusText } from "./status-text.ts";
import type { WireStatus } from "./wire.ts";
import { checkStatus, readJson, readStatus } from "./wire.ts";

type Options = OptionValues<typeof START_NEW_OPTIONS>;

const WHERE = "perdure start-new";
/** The host is asked so often while the instance runs. */
const LOOK_MS = 500;

/** With --wait the exit code is 0 for Completed alone: what a script does next depends on it. */
export async function startNewCommand(io: CommandIo): Promise<number> {
  const line = parseCommandLine(WHERE, START_NEW_OPTIONS, io.args, io.env);
  const { options } = line;
  const [name] = take(WHERE, ["<orchestrator>"], line.positionals);
  orchestratorArgument(WHERE, name);
  const body = jsonOption(WHERE, "--input", options.input);
  if (options.timeout !== undefined && options.wait !== true)
    throw fault("OPTION_INVALID", WHERE, "--timeout", "without --wait", "it with --wait only");
  if (options.id !== undefined) instanceIdArgument(options.id);
  const ended: WireStatus[] = [];
  await withDoor(WHERE, line, io.cwd, async (door) => {
    const payload = await start(door, name, body, options);
    if (options.wait !== true) {
      io.out(options.json === true ? jsonLine(payload) : `${visible(payload.id)}\n`);
      return;
    }
    const status = await untilEnded(door, payload.id, options.timeout ?? null);
    io.out(options.json === true ? jsonLine(status) : statusText(status, await failedAt(door, status)));
    ended.push(status);
  });
  return ended.every(({ runtimeStatus }) => runtimeStatus === "Completed") ? 0 : 1;
}

async function start(
  door: ManagementDoor,
  name: string,
  body: string | undefined,
  { id, version, tag, "start-at": startAt }: Options,
): Promise<{ readonly id: string }> {
  const response = await door.send({
    method: "POST",
    path: `/orchestrators/${encodeURIComponent(name)}${id === undefined ? "" : `/${encodeURIComponent(id)}`}`,
    query: { version, tag, startAt: startAt === undefined ? undefined : new Date(startAt).toISOString() },
    ...(body === undefined ? {} : { body }),
  });
  if (response.status === 409 && id !== undefined) throw fault("INSTANCE_EXISTS", id, (await readStatus(door, id)).runtimeStatus, "start");
  await checkStatus(response, `The start of "${name}"`, [202]);
  return readJson(response);
}

/** By asking for its status: the answer of a start that waits says neither which instance it is of, nor whether a 200 is its output or its failure. */
async function untilEnded(door: ManagementDoor, id: string, timeoutMs: number | null): Promise<WireStatus> {
  const began = realClock.monotonicMs();
  for (let next = 10; ; next = Math.min(2 * next, LOOK_MS)) {
    const status = await readStatus(door, id);
    if (isTerminal(status.runtimeStatus)) return status;
    if (status.stopped !== undefined) throw fault("INSTANCE_STOPPED", id, status.stopped);
    const left = timeoutMs === null ? next : timeoutMs - (realClock.monotonicMs() - began);
    if (timeoutMs !== null && left <= 0)
      throw fault("RESULT_TIMEOUT", id, timeoutMs, status.runtimeStatus === "Suspended" ? "forResume" : "forItsEnd");
    await pause(Math.min(next, left));
  }
}
