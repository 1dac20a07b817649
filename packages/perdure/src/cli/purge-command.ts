import { fault } from "../errors/perdure-error.ts";
import { isTerminal, TERMINAL_STATUSES } from "../model/status.ts";
import type { CommandIo } from "./command.ts";
import { FILTER_PARTS, filterQuery, PURGE_OPTIONS } from "./filter-options.ts";
import { instancesTable } from "./list-command.ts";
import type { ManagementDoor } from "./management-door.ts";
import { withDoor } from "./management-door.ts";
import { oneOrMany } from "./one-or-many.ts";
import type { OptionValues } from "./options.ts";
import { parseCommandLine } from "./options.ts";
import { counted, jsonLine } from "./render.ts";
import type { WireStatus } from "./wire.ts";
import { checkStatus, pagesOf, readJson, readStatus } from "./wire.ts";

type PurgeOptions = OptionValues<typeof PURGE_OPTIONS>;

/** Of a dry run, so many are shown to a person. */
const SHOWN = 100;

export async function purgeCommand(io: CommandIo): Promise<number> {
  const where = "perdure purge";
  const line = parseCommandLine(where, PURGE_OPTIONS, io.args, io.env);
  const { options, positionals } = line;
  const id = oneOrMany(where, positionals, options, FILTER_PARTS);
  const purge = options["dry-run"] === true ? dryRun : id === null ? purgeRange : purgeOne;
  return withDoor(where, line, io.cwd, (door) => purge(io, door, options, id ?? ""));
}

const howOf = ({ recursive, reason }: PurgeOptions) => ({ recursive: recursive === true ? "true" : undefined, reason });

async function purgeOne(io: CommandIo, door: ManagementDoor, options: PurgeOptions, id: string): Promise<void> {
  const response = await door.send({ method: "DELETE", path: `/instances/${encodeURIComponent(id)}`, query: howOf(options) });
  if (response.status === 404) throw fault("INSTANCE_NOT_FOUND", id);
  if (response.status === 412) throw fault("INSTANCE_NOT_TERMINAL", id, (await readStatus(door, id)).runtimeStatus);
  await checkStatus(response, `The purge of "${id}"`, [200]);
  sayDeleted(io, options, 1);
}

async function purgeRange(io: CommandIo, door: ManagementDoor, options: PurgeOptions): Promise<void> {
  const response = await door.send({ method: "DELETE", path: "/instances", query: { ...filterQuery(options), ...howOf(options) } });
  await checkStatus(response, "The purge", [200, 404]);
  const found = response.status === 404 ? { instancesDeleted: 0 } : await readJson<{ readonly instancesDeleted: number }>(response);
  sayDeleted(io, options, found.instancesDeleted);
}

function sayDeleted(io: CommandIo, { json }: PurgeOptions, count: number): void {
  io.out(json === true ? jsonLine({ instancesDeleted: count }) : `${instancesText(count)} purged.\n`);
}

/** By reading alone, so that it can delete nothing whatever host answers. */
async function dryRun(io: CommandIo, door: ManagementDoor, options: PurgeOptions, id: string): Promise<void> {
  const ids: string[] = [];
  const shown: WireStatus[] = [];
  for await (const page of id === "" ? finished(door, options) : one(door, id)) {
    for (const status of page) ids.push(status.instanceId);
    shown.push(...page.slice(0, SHOWN - shown.length));
  }
  if (options.json === true) {
    io.out(jsonLine({ dryRun: true, instancesFound: ids.length, instanceIds: ids }));
    return;
  }
  if (shown.length > 0) io.out(instancesTable(shown));
  if (ids.length > shown.length) io.out(`… and ${ids.length - shown.length} more.\n`);
  io.out(`Dry run: ${instancesText(ids.length, "would be")} purged. Nothing was deleted.\n`);
}

function finished(door: ManagementDoor, options: PurgeOptions): AsyncIterable<readonly WireStatus[]> {
  const status = TERMINAL_STATUSES.filter((terminal) => options.status?.includes(terminal) ?? true);
  // A list without any status would be a list of all.
  return status.length === 0 ? none() : pagesOf(door, filterQuery({ ...options, status }));
}

async function* none(): AsyncGenerator<readonly WireStatus[]> {}

async function* one(door: ManagementDoor, id: string): AsyncGenerator<readonly WireStatus[]> {
  const status = await readStatus(door, id, { showInput: "false" });
  if (!isTerminal(status.runtimeStatus)) throw fault("INSTANCE_NOT_TERMINAL", id, status.runtimeStatus);
  yield [status];
}

function instancesText(count: number, verb = count === 1 ? "was" : "were"): string {
  return `${counted(count, "instance")} ${verb}`;
}
