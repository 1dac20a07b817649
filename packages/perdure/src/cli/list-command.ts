import { fault } from "../errors/perdure-error.ts";
import { ENTITY_MARK, parseEntityId } from "../model/ids.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import { COUNT_OPTIONS, filterQuery, LIST_OPTIONS } from "./filter-options.ts";
import type { ManagementRequest } from "./management-door.ts";
import { withDoor } from "./management-door.ts";
import type { OptionValues } from "./options.ts";
import { parseCommandLine } from "./options.ts";
import { counted, jsonLine, renderTable } from "./render.ts";
import type { WireStatus } from "./wire.ts";
import { checkStatus, readAll, readJson } from "./wire.ts";

const DEFAULT_TOP = 100;

export async function listCommand(io: CommandIo): Promise<number> {
  const where = "perdure list";
  const line = parseCommandLine(where, LIST_OPTIONS, io.args, io.env);
  take(where, [], line.positionals);
  const { newest, "by-end": byEnd, top, json } = line.options;
  const order = { newestFirst: newest === true ? "true" : undefined, orderBy: byEnd === true ? "ended" : undefined };
  const query = { ...meantBy(where, line.options), ...order };
  return withDoor(where, line, io.cwd, async (door) => {
    const { instances, more } = await readAll(door, query, top ?? DEFAULT_TOP);
    if (json === true) {
      io.out(jsonLine(instances.map(withoutInput)));
      if (more) io.err(jsonLine({ more: true, shown: instances.length }));
      return;
    }
    io.out(instancesTable(instances));
    if (more) io.err(`There are more: these are the first ${instances.length}, and --top N shows up to N.\n`);
    const still = instances.filter((one) => one.stopped !== undefined);
    const entities = still.filter(({ instanceId }) => parseEntityId(instanceId) !== null).length;
    const others = still.length - entities;
    if (others > 0) io.err(`${counted(others, "instance")} ${areStopped(others)}: ${INSTANCE_ADVICE}\n`);
    if (entities > 0) io.err(`${entities} ${entities === 1 ? "entity" : "entities"} ${areStopped(entities)}: ${ENTITY_ADVICE}\n`);
  });
}

export async function countCommand(io: CommandIo): Promise<number> {
  const where = "perdure count";
  const line = parseCommandLine(where, COUNT_OPTIONS, io.args, io.env);
  take(where, [], line.positionals);
  const { cap, json } = line.options;
  const query = { ...meantBy(where, line.options), count: "true", cap: cap === undefined ? undefined : String(cap) };
  return withDoor(where, line, io.cwd, async (door) => {
    const response = await door.send({ method: "GET", path: "/instances", query });
    await checkStatus(response, "The count", [200]);
    const { count, exact } = await readJson<{ readonly count: number; readonly exact: boolean }>(response);
    io.out(json === true ? jsonLine({ count, exact }) : `${exact ? "" : "at least "}${counted(count, "instance")}\n`);
  });
}

type Meant = OptionValues<Omit<typeof COUNT_OPTIONS, "cap">>;

/** Entities have commands of their own: here they are only if their ids, or what is stopped, are asked for. */
function meantBy(where: string, options: Meant): ManagementRequest["query"] {
  const { open, stopped } = options;
  const status = statusesOf(where, options);
  return {
    ...filterQuery({ ...options, ...(status === undefined ? {} : { status }) }),
    open: open === true ? "true" : undefined,
    stopped: stopped === true ? "true" : undefined,
    showEntities: stopped === true || options.prefix?.startsWith(ENTITY_MARK) === true ? undefined : "false",
  };
}

/** Of two filters for one thing neither is taken: to ignore one would list more, or less, than was meant. */
function statusesOf(where: string, { status, failed, stopped }: Meant): readonly RuntimeStatus[] | undefined {
  if (failed !== true) return status;
  const other = status !== undefined ? "--status" : stopped === true ? "--stopped" : null;
  if (other !== null) throw fault("OPTION_INVALID", where, "--failed", failed, `either ${other} or --failed, not both`);
  return ["Failed"];
}

/** Inputs are not read: a null would say that there is none. */
const withoutInput = (status: WireStatus) => ({ ...status, input: undefined });

/** One line for each instance; a stopped one is marked, with the code of its reason. */
export function instancesTable(instances: readonly WireStatus[]): string {
  const rows = instances.map(({ instanceId, name, runtimeStatus, createdTime, lastUpdatedTime, version, stopped }) => {
    const status = stopped === undefined ? runtimeStatus : `${runtimeStatus}, stopped (${stopped.code})`;
    return [instanceId, name, status, createdTime, lastUpdatedTime, version ?? ""];
  });
  return renderTable(["INSTANCE", "ORCHESTRATOR", "STATUS", "CREATED", "UPDATED", "VERSION"], rows);
}

const areStopped = (count: number) => (count === 1 ? "is stopped" : "are stopped");
const INSTANCE_ADVICE = '"perdure status ID" says why, "perdure resume ID" lets it try again.';
const ENTITY_ADVICE = '"perdure entities show NAME KEY" says why, "resume" there lets it try again, "skip" sets its next operation aside.';
