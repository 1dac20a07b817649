import { fault } from "../errors/perdure-error.ts";
import { visible } from "../model/visible-text.ts";
import { instanceIdArgument, jsonOption, nameArgument, readIdArgument, take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import type { ManagementDoor, ManagementRequest } from "./management-door.ts";
import { withDoor } from "./management-door.ts";
import { RAISE_EVENT_OPTIONS, REASON_OPTIONS, TARGET_OPTIONS, TERMINATE_OPTIONS } from "./option-specs.ts";
import { parseCommandLine } from "./options.ts";
import { jsonLine, renderTable } from "./render.ts";
import { failedAt, statusText } from "./status-text.ts";
import { checkStatus, HISTORY_COLUMNS, historyRows, readStatus } from "./wire.ts";

export async function statusCommand(io: CommandIo): Promise<number> {
  const where = "perdure status";
  const line = parseCommandLine(where, TARGET_OPTIONS, io.args, io.env);
  const [id] = take(where, ["<instance-id>"], line.positionals);
  readIdArgument(id);
  return withDoor(where, line, io.cwd, async (door) => {
    const status = await readStatus(door, id);
    io.out(line.options.json === true ? jsonLine(status) : statusText(status, await failedAt(door, status)));
  });
}

export async function historyCommand(io: CommandIo): Promise<number> {
  const where = "perdure history";
  const line = parseCommandLine(where, TARGET_OPTIONS, io.args, io.env);
  const [id] = take(where, ["<instance-id>"], line.positionals);
  readIdArgument(id);
  return withDoor(where, line, io.cwd, async (door) => {
    const { historyEvents: events = [] } = await readStatus(door, id, { showHistory: "true", showHistoryOutput: "true" });
    io.out(line.options.json === true ? jsonLine(events) : renderTable(HISTORY_COLUMNS, historyRows(events)));
  });
}

export async function raiseEventCommand(io: CommandIo): Promise<number> {
  const where = "perdure raise-event";
  const line = parseCommandLine(where, RAISE_EVENT_OPTIONS, io.args, io.env);
  const { json, input } = line.options;
  const [id, event] = take(where, ["<instance-id>", "<event>"], line.positionals);
  instanceIdArgument(id);
  nameArgument(where, "<event>", event);
  const body = jsonOption(where, "--input", input) ?? "";
  return withDoor(where, line, io.cwd, async (door) => {
    const path = `/instances/${encodeURIComponent(id)}/raiseEvent/${encodeURIComponent(event)}`;
    await deliver(door, id, { method: "POST", path, body });
    const said = `Event "${visible(event)}" was accepted for "${visible(id)}".\n`;
    io.out(json === true ? jsonLine({ instanceId: id, event, accepted: true }) : said);
  });
}

export async function controlCommand(operation: "suspend" | "resume" | "terminate", io: CommandIo): Promise<number> {
  const where = `perdure ${operation}`;
  const specs = operation === "terminate" ? TERMINATE_OPTIONS : REASON_OPTIONS;
  const line = parseCommandLine(where, specs, io.args, io.env);
  const { options } = line;
  const [id] = take(where, ["<instance-id>"], line.positionals);
  instanceIdArgument(id);
  const recursive = "recursive" in options && options.recursive === true ? "true" : undefined;
  return withDoor(where, line, io.cwd, async (door) => {
    await deliver(door, id, {
      method: "POST",
      path: `/instances/${encodeURIComponent(id)}/${operation}`,
      query: { reason: options.reason, recursive },
    });
    const said = `The request to ${operation} "${visible(id)}" was accepted.\n`;
    io.out(options.json === true ? jsonLine({ instanceId: id, operation, accepted: true }) : said);
  });
}

async function deliver(door: ManagementDoor, id: string, request: ManagementRequest): Promise<void> {
  const response = await door.send(request);
  if (response.status === 404) throw fault("INSTANCE_NOT_FOUND", id);
  if (response.status === 410) throw fault("INSTANCE_DONE", id, (await readStatus(door, id)).runtimeStatus);
  await checkStatus(response, `The message for "${id}"`, [202]);
}
