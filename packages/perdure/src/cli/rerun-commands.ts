import { fault } from "../errors/perdure-error.ts";
import { visible } from "../model/visible-text.ts";
import { instanceIdArgument, take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import { withDoor } from "./management-door.ts";
import { REASON_OPTIONS, RESTART_OPTIONS } from "./option-specs.ts";
import { parseCommandLine } from "./options.ts";
import { jsonLine } from "./render.ts";
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
  const line = parseCommandLine(where, REASON_OPTIONS, io.args, io.env);
  const { options } = line;
  const [id] = take(where, ["<instance-id>"], line.positionals);
  instanceIdArgument(id);
  return withDoor(where, line, io.cwd, async (door) => {
    const path = `/instances/${encodeURIComponent(id)}/rewind`;
    const response = await door.send({ method: "POST", path, query: { reason: options.reason } });
    if (response.status === 404) throw fault("INSTANCE_NOT_FOUND", id);
    if (response.status === 412) throw fault("INSTANCE_NOT_FAILED", id, (await readStatus(door, id)).runtimeStatus);
    await checkStatus(response, `The rewind of "${id}"`, [202]);
    const said = `"${visible(id)}" continues from where it failed.\n`;
    io.out(options.json === true ? jsonLine({ instanceId: id, operation: "rewind", accepted: true }) : said);
  });
}
