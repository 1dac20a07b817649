import { fault } from "../errors/perdure-error.ts";
import type { EditPlan } from "../functions/rerun-types.ts";
import { visible } from "../model/visible-text.ts";
import { instanceIdArgument, jsonOption, take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import { planLines } from "./edit-plans.ts";
import { withDoor } from "./management-door.ts";
import type { OptionValues } from "./options.ts";
import { parseCommandLine } from "./options.ts";
import { jsonLine } from "./render.ts";
import { FORK_OPTIONS } from "./rerun-options.ts";
import { checkStatus, readJson } from "./wire.ts";

export async function forkCommand(io: CommandIo): Promise<number> {
  const where = "perdure fork";
  const line = parseCommandLine(where, FORK_OPTIONS, io.args, io.env);
  const { options } = line;
  const [id] = take(where, ["<instance-id>"], line.positionals);
  instanceIdArgument(id);
  const body = bodyOf(where, options);
  return withDoor(where, line, io.cwd, async (door) => {
    const response = await door.send({ method: "POST", path: `/instances/${encodeURIComponent(id)}/fork`, body });
    if (response.status === 404) throw fault("INSTANCE_NOT_FOUND", id);
    await checkStatus(response, `The fork of "${id}"`, [200, 202]);
    if (options["dry-run"] === true) {
      const plan = await readJson<EditPlan>(response);
      io.out(options.json === true ? jsonLine(plan) : `${planLines(plan)}Dry run: nothing was started.\n`);
      return;
    }
    const payload = await readJson<{ readonly id: string }>(response);
    io.out(options.json === true ? jsonLine(payload) : `${visible(payload.id)}\n`);
  });
}

const POINTS = "--before NAME, --event N and --checkpoint N";

/** As JSON text: input and results go as they were typed. */
function bodyOf(where: string, options: OptionValues<typeof FORK_OPTIONS>): string {
  const { before, event, checkpoint, id, version, reason } = options;
  const points = Object.entries({ before, event, checkpoint }).filter(([, value]) => value !== undefined);
  const [point, other] = points;
  if (point === undefined) throw fault("OPTION_MISSING", where, `one of ${POINTS}`);
  if (other !== undefined)
    throw fault("OPTION_INVALID", where, `--${other[0]}`, other[1], `either --${point[0]} or --${other[0]}, not both`);
  const plain = {
    at: Object.fromEntries(points),
    instanceId: id,
    version: version ?? undefined,
    reason,
    events: options["keep-events"] === true ? "keep" : undefined,
    completions: options["keep-completions"] === true ? "keep" : undefined,
    timers: options["absolute-timers"] === true ? "absolute" : undefined,
    dryRun: options["dry-run"] === true ? true : undefined,
  };
  const texts = { input: jsonOption(where, "--input", options.input), results: jsonOption(where, "--results", options.results) };
  const members = Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [`,${JSON.stringify(name)}:${text}`]));
  return `${JSON.stringify(plain).slice(0, -1)}${members.join("")}}`;
}
