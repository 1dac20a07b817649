import { fault } from "../errors/perdure-error.ts";
import { visible } from "../model/visible-text.ts";
import { instanceIdArgument, take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import { planLines, rewindOne } from "./edit-plans.ts";
import { withDoor } from "./management-door.ts";
import { parseCommandLine } from "./options.ts";
import { jsonLine } from "./render.ts";
import { RESTART_OPTIONS, REWIND_OPTIONS } from "./rerun-options.ts";
import { checkStatus, readJson, readStatus } from "./wire.ts";

export async function restartCommand(io: CommandIo): Promise<number> {
  const where = "perdure restart";
  const line = parseCommandLine(where, RESTART_OPTIONS, io.args, io.env);
  const { options } = line;
  const [id] = take(where, ["<instance-id>"], line.positionals);
  instanceIdArgument(id);
  return withDoor(where, line, io.cwd, async (door) => {
    const { runtimeStatus } = await readStatus(door, id);
    const restartWithNewInstanceId = options["same-id"] === true ? "false" : "true";
    const response = await door.send({
      method: "POST",
      path: `/instances/${encodeURIComponent(id)}/restart`,
      query: { restartWithNewInstanceId },
    });
    if (response.status === 409) throw fault("INSTANCE_EXISTS", id, runtimeStatus);
    await checkStatus(response, `The restart of "${id}"`, [202]);
    const payload = await readJson<{ readonly id: string }>(response);
    io.out(options.json === true ? jsonLine(payload) : `${visible(payload.id)}\n`);
  });
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
