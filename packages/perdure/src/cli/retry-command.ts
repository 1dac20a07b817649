import { setTimeout as pause } from "node:timers/promises";
import type { EditPlan } from "../functions/rerun-types.ts";
import { visible } from "../model/visible-text.ts";
import { take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import { planLines, rewindOne } from "./edit-plans.ts";
import type { ManagementDoor } from "./management-door.ts";
import { withDoor } from "./management-door.ts";
import { parseCommandLine } from "./options.ts";
import { counted, jsonLine } from "./render.ts";
import { RETRY_OPTIONS } from "./rerun-options.ts";
import { pagesOf, rangeQuery } from "./wire.ts";

const DEFAULT_RATE = 50;

/**
 * One after another, oldest first: a failed parent comes before its failed children, and takes them along. What was rewound is not found again, so a run that
 * was broken off is continued by another.
 */
export async function retryCommand(io: CommandIo): Promise<number> {
  const where = "perdure retry";
  const line = parseCommandLine(where, RETRY_OPTIONS, io.args, io.env);
  take(where, [], line.positionals);
  const { prefix, from, to, json, reason, rate = DEFAULT_RATE } = line.options;
  const dryRun = line.options["dry-run"] === true;
  const query = { ...rangeQuery({ from, to, status: ["Failed"] }), instanceIdPrefix: prefix };
  return withDoor(where, line, io.cwd, async (door) => {
    const ids: string[] = [];
    for await (const plan of retried(door, query, { reason, dryRun, pauseMs: dryRun ? 0 : 1_000 / rate })) {
      ids.push(plan.instanceId);
      if (json !== true) io.out(dryRun ? planLines(plan) : `${visible(plan.instanceId)}\n`);
    }
    const found = counted(ids.length, "instance");
    if (json === true)
      io.out(
        jsonLine(dryRun ? { dryRun, instancesFound: ids.length, instanceIds: ids } : { instancesRewound: ids.length, instanceIds: ids }),
      );
    else if (dryRun) io.out(`Dry run: ${found} would be rewound. Nothing was done.\n`);
    else io.out(`${found} ${ids.length === 1 ? "was" : "were"} rewound.\n`);
  });
}

interface How {
  readonly reason: string | undefined;
  readonly dryRun: boolean;
  readonly pauseMs: number;
}

/** Those that another client, or the rewind of their parent, has rewound meanwhile are passed over. */
async function* retried(
  door: ManagementDoor,
  query: Parameters<typeof pagesOf>[1],
  { reason, dryRun, pauseMs }: How,
): AsyncGenerator<Pick<EditPlan, "instanceId"> & Partial<EditPlan>> {
  for await (const page of pagesOf(door, query)) {
    for (const { instanceId } of page) {
      const plan = await rewindOne(door, instanceId, { reason, dryRun });
      if (plan === "notFailed" || plan === "notFound") continue;
      yield plan;
      if (pauseMs > 0) await pause(pauseMs);
    }
  }
}
