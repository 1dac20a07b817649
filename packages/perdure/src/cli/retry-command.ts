import { visible } from "../model/visible-text.ts";
import { take } from "./arguments.ts";
import type { CommandIo } from "./command.ts";
import { planLines, rewindOne } from "./edit-plans.ts";
import { filterQuery } from "./filter-options.ts";
import { withDoor } from "./management-door.ts";
import { sayManyDone } from "./many-done.ts";
import { doOneByOne } from "./one-by-one.ts";
import { parseCommandLine } from "./options.ts";
import { RETRY_OPTIONS } from "./rerun-options.ts";

/**
 * A failed parent comes before its failed children, and takes them along. Those that another client, or the rewind of their parent, has rewound meanwhile are
 * passed over.
 */
export async function retryCommand(io: CommandIo): Promise<number> {
  const where = "perdure retry";
  const line = parseCommandLine(where, RETRY_OPTIONS, io.args, io.env);
  take(where, [], line.positionals);
  const { options } = line;
  const { json, reason } = options;
  const dryRun = options["dry-run"] === true;
  const query = filterQuery({ ...options, status: ["Failed"] });
  return withDoor(where, line, io.cwd, async (door) => {
    const { steps, continuation } = await doOneByOne({
      ...{ io, door, query, options, onlyPresent: false },
      act: async (instanceId) => {
        const plan = await rewindOne(door, instanceId, { reason, dryRun });
        return plan === "notFailed" || plan === "notFound" ? null : { step: plan, began: instanceId };
      },
      show: (plan) => {
        if (json !== true) io.out(dryRun ? planLines(plan) : `${visible(plan.instanceId)}\n`);
      },
    });
    const instanceIds = steps.map(({ instanceId }) => instanceId);
    sayManyDone(io, options, { verb: "rewound", instanceIds, details: { instanceIds }, continuation });
  });
}
