import { fault } from "../errors/perdure-error.ts";
import { visible } from "../model/visible-text.ts";
import { instanceIdArgument, take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import { withDoor } from "./management-door.ts";
import { RESTART_OPTIONS } from "./option-specs.ts";
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
