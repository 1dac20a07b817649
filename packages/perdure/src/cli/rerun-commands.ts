import { fault } from "../errors/perdure-error.ts";
import { ERROR_HEADER } from "../http/responses.ts";
import { TERMINAL_STATUSES } from "../model/status.ts";
import { visible } from "../model/visible-text.ts";
import { instanceIdArgument, take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import { planLines, rewindOne } from "./edit-plans.ts";
import { filterQuery } from "./filter-options.ts";
import type { ManagementDoor } from "./management-door.ts";
import { withDoor } from "./management-door.ts";
import { sayManyDone } from "./many-done.ts";
import { doOneByOne } from "./one-by-one.ts";
import { oneOrMany } from "./one-or-many.ts";
import type { OptionValues } from "./options.ts";
import { parseCommandLine } from "./options.ts";
import { jsonLine } from "./render.ts";
import { RESTART_OPTIONS, RESTART_PARTS, REWIND_OPTIONS } from "./rerun-options.ts";
import { checkStatus, readJson, readStatus } from "./wire.ts";

type RestartOptions = OptionValues<typeof RESTART_OPTIONS>;

export async function restartCommand(io: CommandIo): Promise<number> {
  const where = "perdure restart";
  const line = parseCommandLine(where, RESTART_OPTIONS, io.args, io.env);
  const { options } = line;
  const id = oneOrMany(where, line.positionals, options, RESTART_PARTS);
  return withDoor(where, line, io.cwd, async (door) => {
    if (id === null) return restartMany(io, door, options);
    const { runtimeStatus } = await readStatus(door, id);
    const payload = await restartOne(door, id, options);
    if (payload === "notFound") throw fault("INSTANCE_NOT_FOUND", id);
    if (payload === "isLive") throw fault("INSTANCE_EXISTS", id, runtimeStatus, "sameId");
    io.out(options.json === true ? jsonLine(payload) : `${visible(payload.id)}\n`);
  });
}

async function restartOne(
  door: ManagementDoor,
  id: string,
  options: RestartOptions,
): Promise<{ readonly id: string } | "notFound" | "isLive"> {
  const query = { restartWithNewInstanceId: options["same-id"] === true ? "false" : "true", reason: options.reason };
  const response = await door.send({ method: "POST", path: `/instances/${encodeURIComponent(id)}/restart`, query });
  if (response.status === 409) return "isLive";
  if (response.headers.get(ERROR_HEADER) === "INSTANCE_NOT_FOUND") return "notFound";
  await checkStatus(response, `The restart of "${id}"`, [202]);
  return readJson<{ readonly id: string }>(response);
}

interface Restarted {
  readonly instanceId: string;
  readonly restartedAs: string | null;
}

/** Of the ended ones: what is restarted here is not found again. */
async function restartMany(io: CommandIo, door: ManagementDoor, options: RestartOptions): Promise<void> {
  const { json } = options;
  const dryRun = options["dry-run"] === true;
  const status = TERMINAL_STATUSES.filter((ended) => options.status?.includes(ended) ?? true);
  if (status.length === 0) throw fault("OPTION_INVALID", "perdure restart", "--status", options.status, TERMINAL_STATUSES.join(", "));
  const { steps, continuation } = await doOneByOne<Restarted>({
    ...{ io, door, options, query: filterQuery({ ...options, status }), onlyPresent: true },
    act: async (instanceId) => {
      if (dryRun) return { step: { instanceId, restartedAs: null }, began: instanceId };
      const started = await restartOne(door, instanceId, options);
      return typeof started === "string" ? null : { step: { instanceId, restartedAs: started.id }, began: started.id };
    },
    show: ({ instanceId, restartedAs }) => {
      if (json !== true) io.out(`${visible(instanceId)}${restartedAs === null ? "" : ` as ${visible(restartedAs)}`}\n`);
    },
  });
  const instanceIds = steps.map(({ instanceId }) => instanceId);
  sayManyDone(io, options, { verb: "restarted", instanceIds, details: { instances: steps }, continuation });
}

export async function rewindCommand(io: CommandIo): Promise<number> {
  const where = "perdure rewind";
  const line = parseCommandLine(where, REWIND_OPTIONS, io.args, io.env);
  const { options } = line;
  const [id] = take(where, ["<instance-id>"], line.positionals);
  instanceIdArgument(id);
  const dryRun = options["dry-run"] === true;
  return withDoor(where, line, io.cwd, async (door) => {
    const plan = await rewindOne(door, id, { reason: options.reason, dryRun });
    if (plan === "notFound") throw fault("INSTANCE_NOT_FOUND", id);
    if (plan === "notFailed") throw fault("INSTANCE_NOT_FAILED", id, (await readStatus(door, id)).runtimeStatus);
    if (options.json === true) io.out(jsonLine(dryRun ? plan : { instanceId: id, operation: "rewind", accepted: true }));
    else io.out(dryRun ? `${planLines(plan)}Dry run: nothing was done.\n` : `"${visible(id)}" continues from where it failed.\n`);
  });
}
