import type { EditPlan } from "../functions/rerun-types.ts";
import type { Scheduler } from "../process/clock.ts";
import type { HubClient, RerunClient, RewindByParams } from "./types.ts";

export interface RewindByParts {
  readonly client: Pick<HubClient, "query">;
  readonly scheduler: Pick<Scheduler, "after">;
}

const PAGE = 100;

/**
 * Oldest first, so that a failed parent comes before its failed children and takes them along. What was rewound has not failed any more: a run that was broken off is
 * continued by another.
 */
export async function* rewindBy(
  { client, scheduler }: RewindByParts,
  rewind: RerunClient["rewind"],
  { filter, reason, dryRun, perSecond }: RewindByParams,
): AsyncGenerator<EditPlan> {
  const query = { ...filter, statuses: ["Failed"], limit: PAGE, payloads: "none" } as const;
  let continuation: string | null = null;
  do {
    const page: Awaited<ReturnType<HubClient["query"]>> = await client.query({ ...query, continuation });
    for (const { instanceId } of page.instances) {
      const outcome = await rewind({ instanceId, reason, dryRun });
      if (outcome.kind !== "rewound") continue; // by another client meanwhile, or with its parent
      yield outcome.plan;
      if (!dryRun) await new Promise<void>((resolve) => void scheduler.after(1_000 / perSecond, resolve));
    }
    continuation = page.continuation;
  } while (continuation !== null);
}
