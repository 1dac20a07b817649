import { fault } from "../errors/perdure-error.ts";
import type { EditPlan } from "../functions/rerun-types.ts";
import { ERROR_HEADER } from "../http/responses.ts";
import { visible } from "../model/visible-text.ts";
import { jsonOption } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import { planLines } from "./edit-plans.ts";
import { filterQuery } from "./filter-options.ts";
import type { ManagementDoor } from "./management-door.ts";
import { withDoor } from "./management-door.ts";
import { sayManyDone } from "./many-done.ts";
import { doOneByOne } from "./one-by-one.ts";
import { oneOrMany } from "./one-or-many.ts";
import type { OptionValues } from "./options.ts";
import { parseCommandLine } from "./options.ts";
import { jsonLine } from "./render.ts";
import { FORK_OPTIONS, FORK_PARTS } from "./rerun-options.ts";
import { checkStatus, readJson, readStatus } from "./wire.ts";

type ForkOptions = OptionValues<typeof FORK_OPTIONS>;

export async function forkCommand(io: CommandIo): Promise<number> {
  const where = "perdure fork";
  const line = parseCommandLine(where, FORK_OPTIONS, io.args, io.env);
  const { options } = line;
  const id = oneOrMany(where, line.positionals, options, FORK_PARTS);
  if (id === null && options.id !== undefined)
    throw fault("OPTION_INVALID", where, "--id", options.id, "no --id: the forks of a filter get generated ones");
  const body = bodyOf(where, options);
  return withDoor(where, line, io.cwd, (door) => (id === null ? forkMany(io, door, options, body) : forkOne(io, door, options, id, body)));
}

/** Of a fork: the id that is null is chosen when it is started. */
type Answer = { readonly id: string } | (Omit<EditPlan, "instanceId"> & { readonly instanceId: string | null });

const sendFork = (door: ManagementDoor, id: string, body: string) =>
  door.send({ method: "POST", path: `/instances/${encodeURIComponent(id)}/fork`, body });

async function answerOf(id: string, response: Response): Promise<Answer> {
  await checkStatus(response, `The fork of "${id}"`, [200, 202]);
  return readJson<Answer>(response);
}

async function forkOne(io: CommandIo, door: ManagementDoor, options: ForkOptions, id: string, body: string): Promise<void> {
  const response = await sendFork(door, id, body);
  if (response.status === 404) throw fault("INSTANCE_NOT_FOUND", id);
  if (response.status === 409 && options.id !== undefined)
    throw fault("INSTANCE_EXISTS", options.id, (await readStatus(door, options.id)).runtimeStatus, "fork");
  const answer = await answerOf(id, response);
  if (options.json === true) io.out(jsonLine(answer));
  else if ("id" in answer) io.out(`${visible(answer.id)}\n`);
  else io.out(`${planLines({ ...answer, instanceId: options.id ?? "a new instance" })}Dry run: nothing was started.\n`);
}

/** Those that are gone, or whose history has no such point or call, are passed over. */
async function forkMany(io: CommandIo, door: ManagementDoor, options: ForkOptions, body: string): Promise<void> {
  let without = 0;
  const { steps, continuation } = await doOneByOne({
    ...{ io, door, options, query: { ...filterQuery(options), showEntities: "false" }, onlyPresent: true },
    act: async (instanceId) => {
      const response = await sendFork(door, instanceId, body);
      if (response.status === 404) return null;
      if (response.headers.get(ERROR_HEADER) === "FORK_INVALID") {
        without += 1;
        return null;
      }
      const answer = await answerOf(instanceId, response);
      return { step: { instanceId, answer }, began: "id" in answer ? answer.id : instanceId };
    },
    show: ({ instanceId, answer }) => {
      if (options.json === true) return;
      io.out("id" in answer ? `${visible(instanceId)} as ${visible(answer.id)}\n` : planLines({ ...answer, instanceId }));
    },
  });
  const instances = steps.flatMap(({ instanceId, answer }) => ("id" in answer ? [{ instanceId, forkedAs: answer.id }] : []));
  const passedOver = { count: without, why: "had no such point, or no call of a result", member: "instancesWithoutPoint" };
  const instanceIds = steps.map(({ instanceId }) => instanceId);
  sayManyDone(io, options, { verb: "forked", instanceIds, details: { instances }, passedOver, continuation });
}

const POINTS = "--before NAME, --event N and --checkpoint N";

/** As JSON text: input and results go as they were typed. */
function bodyOf(where: string, options: ForkOptions): string {
  const { before, event, checkpoint, id, reason } = options;
  const points = Object.entries({ before, event, checkpoint }).filter(([, value]) => value !== undefined);
  const [point, other] = points;
  if (point === undefined) throw fault("OPTION_MISSING", where, `one of ${POINTS}`);
  if (other !== undefined)
    throw fault("OPTION_INVALID", where, `--${other[0]}`, other[1], `either --${point[0]} or --${other[0]}, not both`);
  const plain = {
    at: Object.fromEntries(points),
    instanceId: id,
    version: options["as-version"] ?? undefined,
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
