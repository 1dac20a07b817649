import { fault } from "../errors/perdure-error.ts";
import { STOPPED_HEADER } from "../http/routes/status.ts";
import type { CommandIo } from "./command.ts";
import type { DoorOptions, ManagementDoor, ManagementRequest } from "./management-door.ts";
import { openDoor } from "./management-door.ts";
import {
  LIST_OPTIONS,
  PURGE_OPTIONS,
  RAISE_EVENT_OPTIONS,
  REASON_OPTIONS,
  START_NEW_OPTIONS,
  TARGET_OPTIONS,
  TERMINATE_OPTIONS,
} from "./option-specs.ts";
import { parseCommandLine } from "./options.ts";
import { renderFields, renderTable, shortJson } from "./render.ts";
import type { WireStatus } from "./wire.ts";
import { checkStatus, historyRows, readAll, readJson } from "./wire.ts";

type Positionals = readonly string[];

export async function startNewCommand(io: CommandIo): Promise<number> {
  const where = "perdure start-new";
  const { options, positionals } = parseCommandLine(where, START_NEW_OPTIONS, io.args, io.env);
  const [name] = take(where, ["<orchestrator>"], positionals);
  const body = jsonInput(where, options.input);
  return withDoor(io, where, options, async (door) => {
    const id = options.id === undefined ? "" : `/${encodeURIComponent(options.id)}`;
    const response = await door.send({
      method: "POST",
      path: `/orchestrators/${encodeURIComponent(name)}${id}`,
      query: { version: options.version },
      ...(body === undefined ? {} : { body }),
    });
    await checkStatus(response, `The start of "${name}"`, [202]);
    const payload = await readJson<{ readonly id: string }>(response);
    io.out(options.json === true ? `${JSON.stringify(payload)}\n` : `${payload.id}\n`);
  });
}

export async function listCommand(io: CommandIo): Promise<number> {
  const where = "perdure list";
  const { options, positionals } = parseCommandLine(where, LIST_OPTIONS, io.args, io.env);
  take(where, [], positionals);
  const query = {
    runtimeStatus: options.status,
    instanceIdPrefix: options.prefix,
    createdTimeFrom: options.from,
    createdTimeTo: options.to,
    showInput: "false",
  };
  return withDoor(io, where, options, async (door) => {
    const { instances, more } = await readAll(door, query, options.top ?? 100);
    if (options.json === true) io.out(`${JSON.stringify(instances)}\n`);
    else {
      const rows = instances.map((status) => [
        status.instanceId,
        status.name,
        status.runtimeStatus,
        status.createdTime,
        status.lastUpdatedTime,
      ]);
      io.out(renderTable(["INSTANCE", "ORCHESTRATOR", "STATUS", "CREATED", "UPDATED"], rows));
      if (more) io.err(`There are more; --top shows more than ${instances.length}.\n`);
    }
  });
}

export async function statusCommand(io: CommandIo): Promise<number> {
  const where = "perdure status";
  const { options, positionals } = parseCommandLine(where, TARGET_OPTIONS, io.args, io.env);
  const [id] = take(where, ["<instance-id>"], positionals);
  return withDoor(io, where, options, async (door) => {
    const { status, stopped } = await readStatusAndStop(door, id, {});
    if (options.json === true) io.out(`${JSON.stringify(stopped === null ? status : { ...status, stopped })}\n`);
    else io.out(renderFields([...statusFields(status), ...(stopped === null ? [] : [["stopped", stopped] as const])]));
  });
}

export async function historyCommand(io: CommandIo): Promise<number> {
  const where = "perdure history";
  const { options, positionals } = parseCommandLine(where, TARGET_OPTIONS, io.args, io.env);
  const [id] = take(where, ["<instance-id>"], positionals);
  return withDoor(io, where, options, async (door) => {
    const status = await readStatus(door, id, { showHistory: "true", showHistoryOutput: "true" });
    const events = status.historyEvents ?? [];
    if (options.json === true) io.out(`${JSON.stringify(events)}\n`);
    else io.out(renderTable(["TIME", "EVENT", "FUNCTION", "DETAILS"], historyRows(events)));
  });
}

export async function raiseEventCommand(io: CommandIo): Promise<number> {
  const where = "perdure raise-event";
  const { options, positionals } = parseCommandLine(where, RAISE_EVENT_OPTIONS, io.args, io.env);
  const [id, event] = take(where, ["<instance-id>", "<event>"], positionals);
  const body = jsonInput(where, options.input) ?? "";
  return withDoor(io, where, options, async (door) => {
    const path = `/instances/${encodeURIComponent(id)}/raiseEvent/${encodeURIComponent(event)}`;
    await deliver(door, id, { method: "POST", path, body });
    io.out(`Event "${event}" was accepted for "${id}".\n`);
  });
}

export async function controlCommand(operation: "suspend" | "resume" | "terminate", io: CommandIo): Promise<number> {
  const where = `perdure ${operation}`;
  const specs = operation === "terminate" ? TERMINATE_OPTIONS : REASON_OPTIONS;
  const { options, positionals } = parseCommandLine(where, specs, io.args, io.env);
  const [id] = take(where, ["<instance-id>"], positionals);
  const recursive = "recursive" in options && options.recursive === true ? "true" : undefined;
  return withDoor(io, where, options, async (door) => {
    await deliver(door, id, {
      method: "POST",
      path: `/instances/${encodeURIComponent(id)}/${operation}`,
      query: { reason: options.reason, recursive },
    });
    io.out(`The ${operation} was accepted for "${id}".\n`);
  });
}

export async function purgeCommand(io: CommandIo): Promise<number> {
  const where = "perdure purge";
  const { options, positionals } = parseCommandLine(where, PURGE_OPTIONS, io.args, io.env);
  const [id] = positionals;
  if (id === undefined && options.from === undefined) throw fault("ARGUMENTS_WRONG", where, "<instance-id>, or --from TIME", positionals);
  if (id !== undefined) take(where, ["<instance-id>"], positionals);
  return withDoor(io, where, options, async (door) => {
    const query = { createdTimeFrom: options.from, createdTimeTo: options.to, runtimeStatus: options.status };
    const request: ManagementRequest =
      id === undefined
        ? { method: "DELETE", path: "/instances", query }
        : { method: "DELETE", path: `/instances/${encodeURIComponent(id)}` };
    const response = await door.send(request);
    if (id === undefined && response.status === 404) {
      io.out("0 instances were purged.\n");
      return;
    }
    if (response.status === 404) throw fault("INSTANCE_NOT_FOUND", id ?? "");
    await checkStatus(response, "The purge", [200]);
    const { instancesDeleted } = await readJson<{ readonly instancesDeleted: number }>(response);
    io.out(`${instancesDeleted} ${instancesDeleted === 1 ? "instance was" : "instances were"} purged.\n`);
  });
}

async function withDoor(io: CommandIo, where: string, options: DoorOptions, use: (door: ManagementDoor) => Promise<void>): Promise<number> {
  const door = await openDoor(where, options, io.cwd);
  try {
    await use(door);
  } finally {
    await door.close();
  }
  return 0;
}

async function readStatus(door: ManagementDoor, id: string, query: { readonly [name: string]: string }): Promise<WireStatus> {
  return (await readStatusAndStop(door, id, query)).status;
}

/** `stopped`: why the instance stands still, when it does. */
async function readStatusAndStop(door: ManagementDoor, id: string, query: { readonly [name: string]: string }) {
  const response = await door.send({ method: "GET", path: `/instances/${encodeURIComponent(id)}`, query });
  if (response.status === 404) throw fault("INSTANCE_NOT_FOUND", id);
  await checkStatus(response, `The question for "${id}"`, [200, 202]);
  const header = response.headers.get(STOPPED_HEADER);
  const status: WireStatus = await readJson(response);
  return { status, stopped: header === null ? null : decodeURIComponent(header) };
}

async function deliver(door: ManagementDoor, id: string, request: ManagementRequest): Promise<void> {
  const response = await door.send(request);
  if (response.status === 404) throw fault("INSTANCE_NOT_FOUND", id);
  if (response.status === 410) throw fault("INSTANCE_DONE", id, (await readStatus(door, id, {})).runtimeStatus);
  await checkStatus(response, `The message for "${id}"`, [202]);
}

function statusFields(status: WireStatus): readonly (readonly [string, string])[] {
  return [
    ["instance", status.instanceId],
    ["orchestrator", status.name],
    ["status", status.runtimeStatus],
    ["created", status.createdTime],
    ["updated", status.lastUpdatedTime],
    ["input", shortJson(status.input)],
    ["custom status", shortJson(status.customStatus)],
    ["output", shortJson(status.output)],
  ];
}

/** Exactly the positional arguments that the usage names. */
function take<const Names extends Positionals>(
  where: string,
  names: Names,
  given: Positionals,
): { readonly [Index in keyof Names]: string } {
  if (given.length !== names.length) throw fault("ARGUMENTS_WRONG", where, names.join(" ") || "none", given);
  // Safe: one text for each name, as just counted.
  return given as unknown as { readonly [Index in keyof Names]: string };
}

function jsonInput(where: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    JSON.parse(text);
  } catch {
    throw fault("INPUT_NOT_JSON", `${where} --input`, text);
  }
  return text;
}
